import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDocumentUri } from '../../../../server/analysis/uri.ts';
import { NodeWorkspace, uriOf } from '../../../../server/platform/node-workspace.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexus-workspace-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function workspaceOf(...folders: readonly string[]): NodeWorkspace {
  const workspace = new NodeWorkspace((uri) => uri.endsWith('.ts'));
  workspace.setFolders(folders.map((folder) => uriOf(join(root, folder))));
  return workspace;
}

const paths = (uris: readonly string[]): readonly string[] =>
  uris.map((uri) => uri.slice(uriOf(root).length + 1)).sort();

test('lists what is worth it, in all folders', async () => {
  await Promise.all(['a/x.ts', 'a/deep/er/y.ts', 'a/z.md', 'b/x.ts', 'c/x.ts'].map((path) => write(path)));
  expect(paths(await workspaceOf('a', 'b').list())).toEqual(['a/deep/er/y.ts', 'a/x.ts', 'b/x.ts']);
});

test('leaves out packages, the repository and what .gitignore names, each for its own folder', async () => {
  await write('.git/x.ts');
  await write('.gitignore', 'dist/\n*.gen.ts\n');
  await write('a/.gitignore', '/only-here.ts\n!kept.gen.ts\n');
  const kept = ['a/x.ts', 'a/deep/only-here.ts', 'node.ts'];
  const left = [
    'node_modules/p/x.ts',
    'a/node_modules/x.ts',
    'dist/x.ts',
    'a/dist/x.ts',
    'x.gen.ts',
    'a/only-here.ts',
  ];
  await Promise.all([...kept, ...left].map((path) => write(path)));
  const workspace = workspaceOf('');
  expect(paths(await workspace.list())).toEqual([...kept].sort());
  for (const path of kept) expect(await workspace.accepts(uriOf(join(root, path)))).toBe(true);
  for (const path of left) expect(await workspace.accepts(uriOf(join(root, path)))).toBe(false);
});

test("a folder inside a repository obeys the repository's .gitignore", async () => {
  await write('.git/HEAD');
  await write('.gitignore', 'generated\n');
  await write('packages/a/generated/x.ts');
  await write('packages/a/x.ts');
  expect(paths(await workspaceOf('packages/a').list())).toEqual(['packages/a/x.ts']);
});

test('does not follow symbolic links, which may lead in circles', async () => {
  await write('a/x.ts');
  await symlink(root, join(root, 'a/circle'), 'dir');
  expect(paths(await workspaceOf('a').list())).toEqual(['a/x.ts']);
});

test('reads text without its byte order mark, and nothing that is too big or not there', async () => {
  await write('a.ts', '\uFEFFconst a = 1;');
  await write('big.ts', 'x'.repeat(512 * 1024 + 1));
  const workspace = workspaceOf('');
  expect(await workspace.read(uriOf(join(root, 'a.ts')))).toBe('const a = 1;');
  expect(await workspace.read(uriOf(join(root, 'big.ts')))).toBeUndefined();
  expect(await workspace.read(uriOf(join(root, 'nowhere.ts')))).toBeUndefined();
  expect(await workspace.read(uriOf(root))).toBeUndefined();
  expect(await workspace.read(parseDocumentUri('untitled:Untitled-1'))).toBeUndefined();
  expect(await workspace.accepts(parseDocumentUri('untitled:Untitled-1'))).toBe(false);
});

test('a folder that does not exist is empty', async () => {
  expect(await workspaceOf('nowhere').list()).toEqual([]);
});
