import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '../base/result.ts';
import { WORLD_TEXT_MAX } from '../protocol/contract.ts';

/** Most bytes that a file of the largest text can have. */
const BYTES_MAX = WORLD_TEXT_MAX * 4;

/** Reads a world file as text. The error is one sentence. */
export async function readWorldText(path: string): Promise<Result<string, string>> {
  if (/\.nexusrpc\.ya?ml$/i.test(path))
    return err(`"${path}" is a contract; name it under contracts of a world file.`);
  return readText(path, {
    bytesMax: BYTES_MAX,
    ifLarger: 'split the world file up',
    ifFolder: 'name a world file such as hello.nexus.yaml',
  });
}

/** How large a file may be, and what to do when it is larger or a directory. */
export interface TextFile {
  readonly bytesMax: number;
  readonly ifLarger: string;
  readonly ifFolder: string;
}

/** Reads a file as text. The error is one sentence. */
export async function readText(
  path: string,
  { bytesMax, ifLarger, ifFolder }: TextFile,
): Promise<Result<string, string>> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return err(`"${path}" is a directory; ${ifFolder}.`);
    if (found.size > bytesMax) return err(`"${path}" is larger than ${bytesMax} bytes; ${ifLarger}.`);
    const bytes = await readFile(path);
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (problem) {
    return err(reasonOf(problem, path));
  }
}

/** Why a file cannot be read, and what to do: one sentence. */
export function reasonOf(problem: unknown, path: string): string {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no file "${path}"; check the path.`;
  if (code === 'EACCES') return `"${path}" may not be read; check its permissions.`;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return `"${path}" is not UTF-8 text; save it as UTF-8.`;
  if (code === 'EISDIR') return `"${path}" is a directory; name a file.`;
  return `"${path}" could not be read: ${problem instanceof Error ? problem.message : String(problem)}.`;
}
