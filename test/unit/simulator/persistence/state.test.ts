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

function opened(path: string): State {
  const state = openState(path);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

describe('the state of a simulator', () => {
  test('is empty at first, and its folder is made', () => {
    const path = join(folder(), 'deep', 'down');
    expect(opened(path).now).toEqual({ registry: empty, settings: {}, recordings: [] });
    expect(existsSync(path)).toBe(true);
  });

  test('is remembered from one start to the next, each part by itself', () => {
    const path = folder();
    const recordings = [{ id: '000001', seed: 7, originMs: 5, ended: true, world: 'a.nexus.yaml' }];
    opened(path).change({ registry });
    opened(path).change({ settings: { clock: { mode: 'paused' } } });
    opened(path).change({ recordings });
    expect(opened(path).now).toEqual({ registry, settings: { clock: { mode: 'paused' } }, recordings });
  });

  test('is in the file when the change returns, with nothing left beside it', () => {
    const path = folder();
    const state = opened(path);
    for (let nth = 0; nth < 20; nth++) {
      const registry = { namespaces: [{ name: `namespace-${nth}`, id: String(nth) }], endpoints: [] };
      state.change({ registry });
      expect(opened(path).now.registry).toEqual(registry);
    }
    expect(readdirSync(path)).toEqual(['state.json']);
  });

  test('of a simulator that kept only the registry is understood', () => {
    const path = folder();
    writeFileSync(join(path, 'state.json'), JSON.stringify({ version: 1, registry }));
    expect(opened(path).now).toEqual({ registry, settings: {}, recordings: [] });
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
  ])('%s', (_, text) => {
    const path = folder();
    const file = join(path, 'state.json');
    writeFileSync(file, text);
    const state = openState(path);
    expect(state.ok).toBe(false);
    expect(!state.ok && state.error).toContain(`${file}: `);
    expect(!state.ok && state.error.split('\n')).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

test('a folder that cannot be made is told with its path and a way out', () => {
  const file = join(folder(), 'a-file');
  writeFileSync(file, 'not a folder');
  const state = openState(join(file, 'data'));
  expect(!state.ok && state.error).toMatch(/a-file.*state\.json: the state could not be read .*--data\.$/);
});
