import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ORIGIN } from '../../../../simulator/base/time.ts';
import { openState, type State } from '../../../../simulator/persistence/state.ts';
import type { RegistrySnapshot } from '../../../../simulator/protocol/registry.ts';
import { useTemporaryFolders } from './temporary-folder.ts';

const folder = useTemporaryFolders();
const empty: RegistrySnapshot = { namespaces: [], endpoints: [] };
const registry: RegistrySnapshot = {
  namespaces: [
    { name: 'orders', id: 'id-of-orders' },
    { name: 'payments', id: 'id-of-payments', description: 'Takes money' },
  ],
  endpoints: [
    {
      version: 3,
      id: 'id-of-endpoint',
      spec: {
        name: 'payments-endpoint',
        target: { worker: { namespace: 'payments', taskQueue: 'billing' } },
      },
      createdTime: ORIGIN,
      urlPrefix: '/nexus/endpoints/id-of-endpoint/services',
    },
  ],
};

async function opened(path: string): Promise<State> {
  const state = await openState(path);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

describe('the state of a simulator', () => {
  test('is empty at first, and its folder is made', async () => {
    const path = join(folder(), 'deep', 'down');
    expect((await opened(path)).registry).toEqual(empty);
    expect(existsSync(path)).toBe(true);
  });

  test('is remembered from one start to the next', async () => {
    const path = folder();
    await (await opened(path)).save(registry);
    expect((await opened(path)).registry).toEqual(registry);
  });

  test('keeps the last of several that are saved at once', async () => {
    const path = folder();
    const state = await opened(path);
    const many = Array.from({ length: 20 }, (_, nth) => ({
      namespaces: [{ name: `namespace-${nth}`, id: String(nth) }],
      endpoints: [],
    }));
    await Promise.all(many.map((registry) => state.save(registry)));
    expect((await opened(path)).registry).toEqual(many.at(-1));
    // What is written beside the file before it takes its place does not stay.
    expect(readdirSync(path)).toEqual(['state.json']);
  });
});

describe('a file that is not understood is refused and left as it is', () => {
  test.each([
    ['no JSON', '{"version":1,"regis'],
    ['empty', ''],
    ['another version', JSON.stringify({ version: 2, registry: empty })],
    ['another shape', JSON.stringify({ version: 1, registry: { namespaces: [{ name: 7 }], endpoints: [] } })],
    ['no object', '7'],
    ['a list', '[]'],
  ])('%s', async (_, text) => {
    const path = folder();
    const file = join(path, 'state.json');
    writeFileSync(file, text);
    const state = await openState(path);
    expect(state.ok).toBe(false);
    expect(!state.ok && state.error).toContain(`${file}: `);
    expect(!state.ok && state.error.split('\n')).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

test('a folder that cannot be made is told with its path and a way out', async () => {
  const file = join(folder(), 'a-file');
  writeFileSync(file, 'not a folder');
  const state = await openState(join(file, 'data'));
  expect(!state.ok && state.error).toMatch(/a-file.*state\.json: the state could not be read .*--data\.$/);
});
