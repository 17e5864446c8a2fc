import type { DocumentUri } from './uri.ts';
import type { Workspace } from './workspace.ts';

/** A workspace seen through the editor: unsaved text wins over what lies on the disk. */
export class OpenDocuments implements Workspace {
  readonly #below: Workspace;
  readonly #open = new Map<DocumentUri, string>();

  constructor(below: Workspace) {
    this.#below = below;
  }

  get pause(): Workspace['pause'] {
    return this.#below.pause;
  }

  set(uri: DocumentUri, text: string): void {
    this.#open.set(uri, text);
  }

  close(uri: DocumentUri): void {
    this.#open.delete(uri);
  }

  folders(): readonly DocumentUri[] {
    return this.#below.folders();
  }

  async list(): Promise<readonly DocumentUri[]> {
    return [...new Set([...(await this.#below.list()), ...this.#open.keys()])];
  }

  accepts(uri: DocumentUri): Promise<boolean> {
    return this.#open.has(uri) ? Promise.resolve(true) : this.#below.accepts(uri);
  }

  async read(uri: DocumentUri): Promise<string | undefined> {
    return this.#open.get(uri) ?? (await this.#below.read(uri));
  }
}
