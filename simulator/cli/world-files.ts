import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { WORLD_TEXT_MAX } from '../protocol/contract.ts';
import { worldFilesIn } from '../world/file-source.ts';

/** Most bytes that a file of the largest text can have. */
const BYTES_MAX = WORLD_TEXT_MAX * 4;

/** The files on disk, relative to the one that names them. */
export const diskWorldFiles = worldFilesIn({
  resolve: (path, from) => join(dirname(from), path),
  split: (path) => ({ folder: dirname(path), name: basename(path) }),
  join,
  names: (folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return undefined;
    }
  },
  read: readText,
});

/** The text of a file that another one names; `undefined` when it is gone. */
export function diskText(path: string): string | undefined {
  const text = readText(path);
  return text.ok ? text.value : undefined;
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
