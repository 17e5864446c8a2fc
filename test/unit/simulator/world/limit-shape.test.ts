import { expect, test } from 'vitest';
import { formatDuration, ms } from '../../../../simulator/base/time.ts';
import { limitsOf, type Limits } from '../../../../simulator/protocol/limits.ts';
import { limitChanges } from '../../../../simulator/world/limit-shape.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';

const all = Object.keys(limitsOf('cloud')) as readonly (keyof Limits)[];

/** What the grammar shows for a limit is how a file writes it: a duration, a number or a switch. */
const properties = limitChanges.schema(new Map())['properties'] as Readonly<
  Record<string, { readonly examples: readonly [string | number | boolean] }>
>;

test.each(all)('a file can set %s', (name) => {
  const example = properties[name]?.examples[0];
  const value = limitsOf('cloud')[name];
  const isDuration = typeof example === 'string' && typeof value === 'number';
  const isEmpty = value === '';
  expect(example).toBe(isDuration ? formatDuration(ms(value)) : isEmpty ? example : value);
  const written = typeof value === 'string' ? JSON.stringify(example) : String(example);
  const { value: world, problems } = parseWorld(`nexus: 1\nlimits: { ${name}: ${written} }\n`);
  expect(problems).toEqual([]);
  expect(world.limits.value).toEqual({ [name]: isEmpty ? example : value });
});

test('there are no others but the group of the circuit breaker', () => {
  expect(Object.keys(properties).sort()).toEqual([...all, 'circuitBreaker'].sort());
});
