import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskWorldFiles } from '../../../../simulator/cli/world-files.ts';

let folder = '';
let from = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'world-files-'));
  from = join(folder, 'main.nexus.yaml');
  mkdirSync(join(folder, 'contracts'));
  for (const name of ['b.nexusrpc.yaml', 'a.nexusrpc.yaml', 'a.txt']) {
    writeFileSync(join(folder, 'contracts', name), name);
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const found = (path: string): unknown => {
  const files = diskWorldFiles.find(path, from);
  return files.ok ? files.value.map(({ text }) => text) : files.error.replaceAll(folder, '…');
};

test('a file is found beside the one that names it', () => {
  expect(found('./contracts/a.txt')).toEqual(['a.txt']);
  expect(diskWorldFiles.find('contracts/../contracts/a.txt', from)).toEqual({
    ok: true,
    value: [{ path: join(folder, 'contracts', 'a.txt'), text: 'a.txt' }],
  });
});

test('a star stands for any part of a name; files come in alphabetical order', () => {
  expect(found('contracts/*.nexusrpc.yaml')).toEqual(['a.nexusrpc.yaml', 'b.nexusrpc.yaml']);
  expect(found('contracts/a*')).toEqual(['a.nexusrpc.yaml', 'a.txt']);
  expect(found('contracts/*a*a*')).toEqual(['a.nexusrpc.yaml']);
});

test.each([
  ['gone.yaml', 'means …/gone.yaml, which is not there; check the path.'],
  ['contracts/*.json', 'means no file; there is none like …/contracts/*.json.'],
  ['nowhere/*.yaml', 'means no file; there is no folder …/nowhere.'],
  ['*/a.txt', 'has "*" in a folder; only the last part of a path may have it.'],
  ['contracts', 'means …/contracts, which could not be read.'],
])('%s is refused', (path, error) => {
  expect(found(path)).toBe(error);
});

test('what is not text is refused', () => {
  writeFileSync(join(folder, 'x'), new Uint8Array([0xff, 0xfe, 0xff]));
  expect(found('x')).toBe('means …/x, which is not UTF-8 text.');
});
