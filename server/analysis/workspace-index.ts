import { neverCancelled, yieldAndCheck, type CancellationToken } from './cancellation.ts';
import type { ContractModel } from './contract-model.ts';
import { Document } from './document.ts';
import { emptyFacts, type FileFacts } from './facts.ts';
import type { Indexer } from './indexers/indexer.ts';
import { joinFacts } from './join.ts';
import type { SyntaxParser } from './syntax-tree.ts';
import { isWithin, type DocumentUri } from './uri.ts';
import { documentLengthMax, type Workspace } from './workspace.ts';

/** Documents read at once while building. Enough to keep the disk busy, few enough to let messages in. */
const batchSize = 16;

/** Told how far the first indexing is. */
export type Progress = (done: number, total: number) => void;

export interface IndexOptions {
  readonly workspace: Workspace;
  readonly indexers: readonly Indexer[];
  readonly parser: SyntaxParser;
  /** Told of an indexer that failed on a document; that document then has no facts. */
  readonly onFailure: (uri: DocumentUri, failure: unknown) => void;
}

/**
 * The facts of every document that matters, kept up to date, and the model made of them. A changed document is
 * indexed again, alone; the model is joined again when somebody next asks for it.
 */
export class WorkspaceIndex {
  readonly #options: IndexOptions;
  readonly #files = new Map<DocumentUri, FileFacts>();
  readonly #documents = new Map<DocumentUri, Document>();
  /** Documents that were wanted and could not be read; looked for again only when they change. */
  readonly #missing = new Set<DocumentUri>();
  #model: ContractModel | undefined;
  #work: Promise<void> = Promise.resolve();
  /** How many documents were indexed so far, repetitions counted. */
  indexedCount = 0;

  constructor(options: IndexOptions) {
    this.#options = options;
  }

  /** Indexes everything the workspace lists and forgets what it no longer lists. */
  build(progress: Progress = () => undefined, token: CancellationToken = neverCancelled): Promise<void> {
    return this.#enqueue(async () => {
      const listed = await this.#options.workspace.list();
      const wanted = listed.filter((uri) => this.#options.indexers.some((indexer) => indexer.looksInto(uri)));
      this.#forgetAll();
      for (let done = 0; done < wanted.length; done += batchSize) {
        progress(done, wanted.length);
        if (await yieldAndCheck(this.#options.workspace.pause, token)) return;
        await Promise.all(wanted.slice(done, done + batchSize).map((uri) => this.#load(uri)));
      }
      await this.#followDependencies();
      progress(wanted.length, wanted.length);
    });
  }

  /** Looks at documents again that were changed, created or deleted. */
  update(uris: readonly DocumentUri[]): Promise<void> {
    return this.#enqueue(async () => {
      for (const uri of uris) {
        this.#missing.delete(uri);
        await this.#load(uri);
      }
      await this.#followDependencies();
    });
  }

  /** The model of everything known so far, once the work at hand is done. */
  async model(): Promise<ContractModel> {
    await this.settled();
    this.#model ??= joinFacts(this.#files, this.#options.workspace.folders());
    return this.#model;
  }

  /** Resolves when no indexing is under way any more. */
  async settled(): Promise<void> {
    for (let work: Promise<void> | undefined; work !== this.#work;) {
      work = this.#work;
      await work;
    }
  }

  /** The indexed documents within a folder. */
  within(folder: DocumentUri): readonly DocumentUri[] {
    return [...this.#documents.keys()].filter((uri) => isWithin(uri, folder));
  }

  /** The indexed version of a document: the one that the model's ranges count in. */
  document(uri: DocumentUri): Document | undefined {
    return this.#documents.get(uri);
  }

  /** One piece of work at a time, in the order of asking; a failure does not stop what comes after. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #load(uri: DocumentUri): Promise<void> {
    const isDependency = this.#isDependency(uri);
    const indexer = this.#options.indexers.find((candidate) =>
      isDependency ? candidate.reads(uri) : candidate.looksInto(uri),
    );
    if (indexer === undefined) {
      // Nothing refers to it any more.
      this.#forget(uri);
      return;
    }
    const text = await this.#options.workspace.read(uri);
    if (text === undefined) this.#missing.add(uri);
    const isUsable = text !== undefined && text.length <= documentLengthMax;
    const isWanted = isUsable && (isDependency || (indexer.concerns(text) && (await this.#accepts(uri))));
    if (isWanted) this.#index(indexer, new Document(uri, text));
    else this.#forget(uri);
  }

  #accepts(uri: DocumentUri): Promise<boolean> {
    return this.#options.workspace.accepts(uri);
  }

  #index(indexer: Indexer, document: Document): void {
    if (this.#documents.get(document.uri)?.text === document.text) return;
    this.indexedCount += 1;
    this.#model = undefined;
    this.#documents.set(document.uri, document);
    try {
      this.#files.set(document.uri, indexer.index(document, this.#options.parser));
    } catch (failure) {
      this.#files.set(document.uri, emptyFacts(document.uri, indexer.language));
      this.#options.onFailure(document.uri, failure);
    }
  }

  /** Loads what the known documents refer to, until nothing is missing that can be had. */
  async #followDependencies(): Promise<void> {
    for (let found = true; found;) {
      found = false;
      for (const uri of this.#unloadedDependencies()) {
        await this.#load(uri);
        if (!this.#files.has(uri)) this.#missing.add(uri);
        found ||= this.#files.has(uri);
      }
    }
  }

  /** For each dependency that leads nowhere yet, the documents it may mean. */
  #unloadedDependencies(): ReadonlySet<DocumentUri> {
    const unloaded = new Set<DocumentUri>();
    for (const { dependencies } of this.#files.values()) {
      for (const { candidates } of dependencies) {
        const found = candidates.findIndex((candidate) => this.#files.has(candidate));
        const better = found < 0 ? candidates : candidates.slice(0, found);
        for (const uri of better) if (!this.#missing.has(uri)) unloaded.add(uri);
      }
    }
    return unloaded;
  }

  #isDependency(uri: DocumentUri): boolean {
    for (const { dependencies } of this.#files.values()) {
      if (dependencies.some(({ candidates }) => candidates.includes(uri))) return true;
    }
    return false;
  }

  #forget(uri: DocumentUri): void {
    this.#documents.delete(uri);
    if (this.#files.delete(uri)) this.#model = undefined;
  }

  #forgetAll(): void {
    this.#files.clear();
    this.#documents.clear();
    this.#missing.clear();
    this.#model = undefined;
  }
}
