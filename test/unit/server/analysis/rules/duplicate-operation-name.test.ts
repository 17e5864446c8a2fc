import { expect, test } from 'vitest';
import { findingsIn, marksIn, openFixture } from '../../../../harness/fixture.ts';

const check = async (fixture: string): Promise<void> => {
  const opened = await openFixture(fixture);
  expect(await findingsIn(opened)).toEqual(marksIn(opened));
};

test('two operations with one wire name', () =>
  check(`
--- api.ts
import * as nexus from 'nexus-rpc';
import { names } from './names';
export const s = nexus.service('S', {
  first: nexus.operation<void, void>({ name: names.run }),
  second: nexus.operation<void, void>({ name: 'run' }),
  ^^^^^^ duplicate-operation-name
  run: nexus.operation<void, void>(),
  ^^^ duplicate-operation-name
});
--- names.ts
export const names = { run: 'run' };
`));

test('names that are only known at run time prove nothing', () =>
  check(`
--- api.ts
import * as nexus from 'nexus-rpc';
const options = load();
export const s = nexus.service('S', {
  first: nexus.operation<void, void>({ name: process.env.NAME }),
  second: nexus.operation<void, void>({ name: process.env.NAME }),
  third: nexus.operation<void, void>(options),
  other: nexus.operation<void, void>({ inputType: options }),
});
`));
