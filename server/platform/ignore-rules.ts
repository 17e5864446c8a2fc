import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

const neverEntered: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** What `.gitignore` files say, each for its own folder and below. Read once; drop the object when one changes. */
export class IgnoreRules {
  readonly #byDirectory = new Map<string, Promise<Ignore | undefined>>();

  /** Whether a file or folder is ignored, judged together with every folder above it up to the repository's root. */
  async ignores(path: string, isDirectory: boolean): Promise<boolean> {
    const parts = path.split(sep);
    if (parts.some((part) => neverEntered.has(part))) return true;
    for (const directory of ancestors(path)) {
      const rules = await this.#rulesOf(directory);
      if (rules === undefined) continue;
      // `ignore` looks at the folders in between by itself, and wants forward slashes.
      const inside = relative(directory, path).split(sep).join('/');
      if (rules.ignores(isDirectory ? `${inside}/` : inside)) return true;
    }
    return false;
  }

  #rulesOf(directory: string): Promise<Ignore | undefined> {
    const known = this.#byDirectory.get(directory) ?? readRules(directory);
    this.#byDirectory.set(directory, known);
    return known;
  }
}

/** The folders above a path, nearest first, up to the repository's root or the file system's. */
function ancestors(path: string): readonly string[] {
  const directories: string[] = [];
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    directories.push(directory);
    if (existsSync(join(directory, '.git')) || dirname(directory) === directory) return directories;
  }
}

async function readRules(directory: string): Promise<Ignore | undefined> {
  try {
    return ignore().add(await readFile(join(directory, '.gitignore'), 'utf8'));
  } catch {
    return undefined;
  }
}
