import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';
import { root } from './run-tool.ts';

/** Every file that belongs to the repository, relative to its root, in alphabetical order: all that git does not ignore. */
export function repositoryFiles(): readonly string[] {
  const ignored = ignore().add('.git').add(readText('.gitignore'));
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (ignored.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isDirectory()) folders.push(`${path}/`);
      else files.push(path);
    }
  }
  return files.sort();
}

/** Those of the repository's files that people write as text. */
export const textFiles = (): readonly string[] =>
  repositoryFiles().filter((path) => path !== 'package-lock.json' && !/\.(png|gif|wasm|vsix)$/.test(path));

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs|cjs|js)$/.test(path);

export interface Manifest {
  readonly engines: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const manifest = (): Manifest => JSON.parse(readText('package.json')) as Manifest;
