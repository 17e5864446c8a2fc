import { posix } from 'node:path';
import { readText, repositoryFiles } from './repository.ts';

/** Rooms where every decision needs a test of its own. */
const rooms = /^(simulator\/engine|server\/analysis)\/.*\.ts$/;

/**
 * Files of the thinking rooms that no file under `test/` imports for its values and that have no test of their own name.
 * A folder's files are details of the file of the same name beside it: a test of `idl.ts` is one of `idl/…` too.
 * Files that hold types alone have nothing to run.
 */
export function untestedFiles(): readonly string[] {
  const files = repositoryFiles();
  const tested = new Set(files.filter((path) => /^test\/.*\.ts$/.test(path)).flatMap(importedBy));
  const mirrored = (path: string): boolean =>
    files.includes(`test/unit/${path.replace(/\.ts$/, '.test.ts')}`);
  return files.filter(
    (path) => rooms.test(path) && !mirrored(path) && !isTested(path, tested) && hasValues(readText(path)),
  );
}

function isTested(path: string, tested: ReadonlySet<string>): boolean {
  if (tested.has(path)) return true;
  const owner = `${posix.dirname(path)}.ts`;
  return rooms.test(owner) && isTested(owner, tested);
}

const importedBy = (path: string): string[] =>
  valueImports(readText(path)).map((module) => posix.join(posix.dirname(path), module));

/** The relative modules that a source imports values from. */
export function valueImports(text: string): string[] {
  const imports = text.matchAll(/^(?:import|export) (?!type\b)(?:[^'";]+ from )?'(\.[^']+)';/gm);
  return [...imports].map(([, module = '']) => module);
}

export const hasValues = (text: string): boolean =>
  /^export (async )?(const|let|function|class|abstract class)\b/m.test(text);
