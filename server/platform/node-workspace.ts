import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseDocumentUri, type DocumentUri } from '../analysis/uri.ts';
import { documentLengthMax, type Workspace } from '../analysis/workspace.ts';
import { IgnoreRules } from './ignore-rules.ts';

/** More files than this are not listed: the workspace is then a whole disk, not a project. */
const listedFilesMax = 50_000;

/** The workspace on the disk. */
export class NodeWorkspace implements Workspace {
  readonly #looksInto: (uri: DocumentUri) => boolean;
  #folders: readonly DocumentUri[] = [];
  #ignoreRules = new IgnoreRules();

  /** `looksInto` says which names are worth listing. */
  constructor(looksInto: (uri: DocumentUri) => boolean) {
    this.#looksInto = looksInto;
  }

  readonly pause = (): Promise<void> => setImmediate();

  setFolders(folders: readonly DocumentUri[]): void {
    this.#folders = folders;
  }

  folders(): readonly DocumentUri[] {
    return this.#folders;
  }

  /** Reads the disk anew, `.gitignore` files included. Folders that cannot be read are passed over. */
  async list(): Promise<readonly DocumentUri[]> {
    this.#ignoreRules = new IgnoreRules();
    const found = new Set<DocumentUri>();
    const pending = this.#folders.map(pathOf).filter((path) => path !== undefined);
    for (let path = pending.pop(); path !== undefined && found.size < listedFilesMax; path = pending.pop()) {
      for (const entry of await entriesOf(path)) {
        const child = join(path, entry.name);
        const uri = uriOf(child);
        // Symbolic links are not followed: they may lead in circles or out of the workspace.
        const isWanted = entry.isDirectory() || (entry.isFile() && this.#looksInto(uri));
        if (!isWanted || (await this.#ignoreRules.ignores(child, entry.isDirectory()))) continue;
        if (entry.isDirectory()) pending.push(child);
        else found.add(uri);
      }
    }
    return [...found];
  }

  async accepts(uri: DocumentUri): Promise<boolean> {
    const path = pathOf(uri);
    return path !== undefined && !(await this.#ignoreRules.ignores(path, false));
  }

  async read(uri: DocumentUri): Promise<string | undefined> {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    try {
      const found = await stat(path);
      // Reading a pipe or a device might never end.
      if (!found.isFile() || found.size > documentLengthMax) return undefined;
      return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    } catch {
      return undefined;
    }
  }
}

export const uriOf = (path: string): DocumentUri => parseDocumentUri(pathToFileURL(path).href);

function pathOf(uri: DocumentUri): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

async function entriesOf(path: string): Promise<Awaited<ReturnType<typeof readDirectory>>> {
  try {
    return await readDirectory(path);
  } catch {
    return [];
  }
}

const readDirectory = (path: string) => readdir(path, { withFileTypes: true });
