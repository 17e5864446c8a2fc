import type { DocumentUri } from './uri.ts';
import type { Workspace } from './workspace.ts';

/** The workspace's in-memory twin. Counts reads, so that tests can see what is read again. */
export class MemoryWorkspace implements Workspace {
  readonly #texts: Map<DocumentUri, string>;
  readonly #folders: readonly DocumentUri[];
  readonly #unlisted = new Set<DocumentUri>();
  reads = 0;

  constructor(texts: ReadonlyMap<DocumentUri, string>, folders: readonly DocumentUri[]) {
    this.#texts = new Map(texts);
    this.#folders = folders;
  }

  readonly pause = (): Promise<void> => Promise.resolve();

  folders(): readonly DocumentUri[] {
    return this.#folders;
  }

  list(): Promise<readonly DocumentUri[]> {
    return Promise.resolve([...this.#texts.keys()].filter((uri) => !this.#unlisted.has(uri)));
  }

  accepts(uri: DocumentUri): Promise<boolean> {
    return Promise.resolve(!this.#unlisted.has(uri));
  }

  read(uri: DocumentUri): Promise<string | undefined> {
    this.reads += 1;
    return Promise.resolve(this.#texts.get(uri));
  }

  write(uri: DocumentUri, text: string): void {
    this.#texts.set(uri, text);
  }

  remove(uri: DocumentUri): void {
    this.#texts.delete(uri);
  }

  /** Keeps the document readable but out of the listing, as an ignored file is. */
  hide(uri: DocumentUri): void {
    this.#unlisted.add(uri);
  }
}
