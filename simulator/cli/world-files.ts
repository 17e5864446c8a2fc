import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { WORLD_TEXT_MAX } from '../protocol/contract.ts';
import type { WorldFiles } from '../world/parse.ts';
import type { WorldFile } from '../world/sources.ts';

/** Most bytes that a file of the largest text can have. */
const BYTES_MAX = WORLD_TEXT_MAX * 4;

/** The files on disk, relative to the one that names them. */
export const diskWorldFiles: WorldFiles = {
  find(path, from) {
    const target = join(dirname(from), path);
    if (dirname(path).includes('*'))
      return err('has "*" in a folder; only the last part of a path may have it.');
    const names = basename(target).includes('*') ? matching(target) : ok([target]);
    if (!names.ok) return names;
    if (names.value.length === 0) return err(`means no file; there is none like ${target}.`);
    const files: WorldFile[] = [];
    for (const name of names.value) {
      const text = readText(name);
      if (!text.ok) return text;
      files.push({ path: name, text: text.value });
    }
    return ok(files);
  },
};

/** In alphabetical order, so that every machine finds the same. */
function matching(target: string): Result<readonly string[], string> {
  const folder = dirname(target);
  const parts = basename(target).split('*');
  try {
    const names = readdirSync(folder).filter((name) => fits(name, parts));
    return ok(names.sort().map((name) => join(folder, name)));
  } catch {
    return err(`means no file; there is no folder ${folder}.`);
  }
}

/** Whether a name consists of these parts, in this order, with anything between them. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= at;
}

function readText(path: string): Result<string, string> {
  try {
    if (statSync(path).size > BYTES_MAX)
      return err(`means ${path}, which is larger than ${BYTES_MAX} bytes.`);
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return err(`means ${path}, which is not there; check the path.`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return err(`means ${path}, which is not UTF-8 text.`);
    return err(`means ${path}, which could not be read.`);
  }
}
