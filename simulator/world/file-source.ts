import { err, ok, type Result } from '../base/result.ts';
import { fitsPattern, isPattern, joinPath, resolvePath, splitPath } from '../protocol/world-files.ts';
import { parseWorld, type WorldFiles } from './parse.ts';
import type { WorldFile } from './sources.ts';

/** Where files come from. Paths are written as the place itself writes them. */
export interface FileSource {
  resolve(path: string, from: string): string;
  split(path: string): { readonly folder: string; readonly name: string };
  join(folder: string, name: string): string;
  /** The names in a folder; `undefined` when there is no such folder. */
  names(folder: string): readonly string[] | undefined;
  /** The error is the end of a sentence that begins with a path. */
  read(path: string): Result<string, string>;
}

/** Finds what world files name in a source: one file, or with `*` in its last part all files that fit. */
export const worldFilesIn = (source: FileSource): WorldFiles => ({
  find(path, from) {
    const target = source.resolve(path, from);
    const { folder, name } = source.split(target);
    if (isPattern(source.split(path).folder))
      return err('has "*" in a folder; only the last part of a path may have it.');
    const names = isPattern(name) ? source.names(folder)?.filter((each) => fitsPattern(each, name)) : [name];
    if (names === undefined) return err(`means no file; there is no folder ${folder}.`);
    if (names.length === 0) return err(`means no file; there is none like ${target}.`);
    const files: WorldFile[] = [];
    // In alphabetical order, so that every machine finds the same.
    for (const each of [...names].sort()) {
      const file = isPattern(name) ? source.join(folder, each) : target;
      const text = source.read(file);
      if (!text.ok) return text;
      files.push({ path: file, text: text.value });
    }
    return ok(files);
  },
});

/** Files that are known by their paths and texts. */
export function textSource(files: Readonly<Record<string, string>>): FileSource {
  const texts = new Map(Object.entries(files).map(([path, text]) => [joinPath('.', path), text]));
  const places = [...texts.keys()].map(splitPath);
  return {
    resolve: resolvePath,
    split: splitPath,
    join: joinPath,
    names: (folder) => places.filter((place) => place.folder === folder).map(({ name }) => name),
    read: (path) => {
      const text = texts.get(path);
      return text === undefined ? err(`means ${path}, which is not there; check the path.`) : ok(text);
    },
  };
}

/** The paths that a world names, in itself and in those of its files that are known; with `*` in the last part. */
export function pathsNamed(root: WorldFile, files: Readonly<Record<string, string>>): readonly string[] {
  const source = textSource(files);
  const known = worldFilesIn(source);
  const paths = new Set<string>();
  const find: WorldFiles['find'] = (path, from) => {
    if (!isPattern(splitPath(path).folder)) paths.add(source.resolve(path, from));
    return known.find(path, from);
  };
  parseWorld(root.text, { path: root.path, files: { find } });
  return [...paths];
}
