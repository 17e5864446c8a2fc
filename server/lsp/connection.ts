import {
  FileOperationPatternKind,
  TextDocumentSyncKind,
  type CancellationToken,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Location,
  type LocationLink,
} from 'vscode-languageserver/node';
import type { Document } from '../analysis/document.ts';
import { definition } from '../analysis/features/definition.ts';
import { locate } from '../analysis/features/locate.ts';
import type { OpenDocuments } from '../analysis/open-documents.ts';
import type { Rule } from '../analysis/rules/rule.ts';
import { parseDocumentUri, type DocumentUri } from '../analysis/uri.ts';
import type { WorkspaceIndex } from '../analysis/workspace-index.ts';
import { locateRequest, type LocateResult } from '../protocol/messages.ts';
import { toLocationLinks, toLocations, type DocumentLookup } from './convert.ts';
import { DocumentSync } from './documents.ts';
import { OnceLog } from './once-log.ts';
import { parseDefinitionParams, parseLocateParams } from './params.ts';
import { WorkProgress } from './progress.ts';
import { Publisher } from './publisher.ts';
import { applyFileEvents, watchFiles } from './watching.ts';

/** What the connection needs of the rest of the process. */
export interface ServerParts {
  readonly version: string;
  readonly open: OpenDocuments;
  readonly rules: readonly Rule[];
  setFolders(folders: readonly DocumentUri[]): void;
  createIndex(onFailure: (uri: DocumentUri, failure: unknown) => void): WorkspaceIndex;
}

/** Answers the Language Server Protocol over one connection until the client ends it. */
export class LanguageServer {
  readonly #connection: Connection;
  readonly #parts: ServerParts;
  readonly #log: OnceLog;
  readonly #index: WorkspaceIndex;
  readonly #documents: DocumentSync;
  readonly #lookup: DocumentLookup;
  readonly #publisher: Publisher;
  #folders: readonly DocumentUri[] = [];
  #capabilities: InitializeParams['capabilities'] = {};

  constructor(connection: Connection, parts: ServerParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#log = new OnceLog((message) => connection.console.error(message));
    this.#index = parts.createIndex((uri, failure) => this.#log.failure(`Indexing ${uri}`, failure));
    this.#documents = new DocumentSync(parts.open, (uri) => this.#onDocumentChanged(uri));
    this.#lookup = {
      document: (uri) => this.#index.document(uri),
      clientUri: (uri) => this.#documents.clientUri(uri),
    };
    this.#publisher = new Publisher({
      index: this.#index,
      rules: parts.rules,
      lookup: this.#lookup,
      log: this.#log,
      send: (uri, diagnostics) => {
        void connection.sendDiagnostics({ uri: this.#lookup.clientUri(uri), diagnostics });
      },
    });
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => this.#inBackground('Starting', () => this.#start()));
    connection.onDidChangeWatchedFiles(({ changes }) =>
      this.#inBackground('Reading changed files', () => applyFileEvents(this.#index, changes)),
    );
    connection.workspace.onDidDeleteFiles(() => this.#rebuild());
    connection.workspace.onDidRenameFiles(() => this.#rebuild());
    connection.onDefinition((params, token) =>
      this.#answer('Go to definition', () => this.#definition(params, token)),
    );
    connection.onRequest(locateRequest, (params: unknown, token: CancellationToken) =>
      this.#answer('Locating an operation', () => this.#locate(params, token)),
    );
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize(params: InitializeParams): InitializeResult {
    this.#capabilities = params.capabilities;
    // The single root is what clients send that do not know workspace folders, and some send neither.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
    const root = [params.rootUri].filter((uri) => typeof uri === 'string');
    const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? root;
    this.#setFolders(folders.map(parseDocumentUri));
    const everyFolder = { filters: [{ pattern: { glob: '**', matches: FileOperationPatternKind.folder } }] };
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        definitionProvider: true,
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: true },
          fileOperations: { didDelete: everyFolder, didRename: everyFolder },
        },
      },
      serverInfo: { name: 'nexus-language-server', version: this.#parts.version },
    };
  }

  async #start(): Promise<void> {
    const { workspace } = this.#capabilities;
    if (workspace?.workspaceFolders === true) {
      this.#connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => parseDocumentUri(uri)));
        const stay = this.#folders.filter((folder) => !gone.has(folder));
        this.#setFolders([...stay, ...added.map(({ uri }) => parseDocumentUri(uri))]);
        this.#rebuild();
      });
    }
    const watches = workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    // Indexing is under way before anything is awaited: the first question may already be on its way.
    await Promise.all([this.#build(), watches ? watchFiles(this.#connection) : undefined]);
  }

  #setFolders(folders: readonly DocumentUri[]): void {
    this.#folders = [...new Set(folders.map((folder) => folder.replace(/\/$/, '') as DocumentUri))];
    this.#parts.setFolders(this.#folders);
  }

  #rebuild(): void {
    this.#inBackground('Indexing the workspace', () => this.#build());
  }

  /** Indexes the workspace, with a progress bar where the client can show one. */
  async #build(): Promise<void> {
    if (this.#capabilities.window?.workDoneProgress !== true) {
      await this.#index.build();
      return;
    }
    const progress = new WorkProgress(this.#connection, 'Indexing Nexus contracts');
    try {
      await this.#index.build((done, total) => progress.report(done, total), progress.token);
    } finally {
      await progress.end();
    }
  }

  #onDocumentChanged(uri: DocumentUri): void {
    this.#inBackground('Indexing an open document', () => this.#index.update([uri]));
  }

  /** Runs work that nobody waits for, then shows what changed by it. A failure is logged and ends there. */
  #inBackground(what: string, work: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      try {
        await work();
      } catch (failure) {
        this.#log.failure(what, failure);
      }
      await this.#publisher.refresh();
    };
    void run().catch((failure: unknown) => this.#log.failure('Publishing findings', failure));
  }

  /** A refused request is the client's error; any other failure is ours, is logged, and costs this answer only. */
  async #answer<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (failure) {
      if (isRefusal(failure)) throw failure;
      this.#log.failure(what, failure);
      return null;
    }
  }

  async #definition(params: unknown, token: CancellationToken): Promise<Location[] | LocationLink[] | null> {
    const { textDocument, position } = parseDefinitionParams(params);
    const uri = parseDocumentUri(textDocument.uri);
    await this.#settled(token);
    const document: Document | undefined = this.#index.document(uri);
    if (document === undefined || token.isCancellationRequested) return null;
    const found = await definition(this.#index, uri, document.offsetAt(position), token);
    if (found === undefined) return null;
    if (this.#capabilities.textDocument?.definition?.linkSupport === true) {
      return toLocationLinks(this.#lookup, document, found);
    }
    return toLocations(this.#lookup, found.targets);
  }

  async #locate(params: unknown, token: CancellationToken): Promise<LocateResult> {
    const wanted = parseLocateParams(params);
    await this.#settled(token);
    return toLocations(this.#lookup, await locate(this.#index, wanted, token));
  }

  /** Waits for the indexing at hand, but no longer than the client waits for the answer. */
  async #settled(token: CancellationToken): Promise<void> {
    if (token.isCancellationRequested) return;
    let stop = (): void => undefined;
    const cancelled = new Promise<void>((resolve) => {
      const listening = token.onCancellationRequested(() => resolve());
      stop = () => listening.dispose();
    });
    await Promise.race([this.#index.settled(), cancelled]);
    stop();
  }
}

const isRefusal = (failure: unknown): boolean =>
  failure instanceof Error && 'code' in failure && typeof failure.code === 'number';
