/**
 * What the paths in world files mean: the same on disk, over the control connection and in the editor. Here their
 * parts are divided by "/".
 */

/** Most files that a world brings along, beside the one that is run. */
export const WORLD_FILES_MAX = 200;

/** Most characters of all files that a world brings along. */
export const WORLD_FILES_TEXT_MAX = 4_194_304;

export const isPattern = (path: string): boolean => path.includes('*');

/** The folder of a path, `.` when it names none, and its last part. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return { folder: '.', name: path };
  return { folder: slash === 0 ? '/' : path.slice(0, slash), name: path.slice(slash + 1) };
}

export const joinPath = (folder: string, name: string): string => normalPath(`${folder}/${name}`);

/** The path that `path` means in the file `from`. */
export const resolvePath = (path: string, from: string): string => joinPath(splitPath(from).folder, path);

/** How a path is written in the folder of the file `from`. */
export function relativePath(path: string, from: string): string {
  const target = normalPath(path).split('/');
  const start = resolvePath('.', from)
    .split('/')
    .filter((part) => part !== '.');
  let shared = 0;
  while (shared < start.length && start[shared] === target[shared]) shared++;
  return [...start.slice(shared).map(() => '..'), ...target.slice(shared)].join('/');
}

/** Whether a name is what a pattern stands for: `*` is any part of a name. */
export function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= at;
}

/** Without `.`, and without `..` where what it goes back over is known. */
function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const before = parts.at(-1);
    if (part === '..' && before !== undefined && before !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  return path.startsWith('/') ? `/${parts.join('/')}` : parts.join('/') || '.';
}
