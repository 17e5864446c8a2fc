import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nexusSim } from '../harness/simulator-process.ts';

const folder = 'examples';
const worlds = readdirSync(folder).filter((name) => name.endsWith('.nexus.yaml'));

let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'nexus-examples-'));
});

afterEach(() => {
  rmSync(scratch, { recursive: true });
});

test('there is one for each situation that people meet first', () => {
  expect(worlds).toEqual(
    expect.arrayContaining(
      ['hello', 'checkout', 'worker-down', 'breaker-storm', 'cancellation', 'attach'].map(
        (name) => `${name}.nexus.yaml`,
      ),
    ),
  );
});

describe.each(worlds)('%s', (name) => {
  const run = (...more: readonly string[]): ReturnType<typeof nexusSim> =>
    nexusSim('run', join(folder, name), ...more);

  test('holds what it expects, and nobody meets trouble', () => {
    const { code, out, error } = run();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/\npassed: (\d+) of \1 expectations hold/);
    expect(out).not.toMatch(/^!/m);
  });

  test('holds it whatever the seed', () => {
    for (const seed of ['1', '2', '3']) {
      const { code, out } = run('--seed', seed);
      expect({ seed, code, out }).toMatchObject({ seed, code: 0 });
    }
  });

  test('gives the same journal in two processes', () => {
    const journals = ['a', 'b'].map((file) => {
      const path = join(scratch, file);
      expect(run('--journal', path).code).toBe(0);
      return readFileSync(path);
    });
    expect(journals[0]?.length).toBeGreaterThan(1_000);
    expect(journals[0]?.equals(journals[1] ?? Buffer.alloc(0))).toBe(true);
  });
});
