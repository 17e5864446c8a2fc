import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';

export interface LspClientOptions {
  readonly server: string;
  readonly transport: 'stdio' | 'node-ipc';
  readonly folders: readonly string[];
  readonly capabilities?: ClientCapabilities;
}

/** A real client of a real server process. Waits on what the server says, never on time. */
export class LspClient {
  readonly connection: ProtocolConnection;
  readonly #process: ChildProcess;
  readonly #options: LspClientOptions;
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly #waiting = new Set<() => void>();
  readonly #exited: Promise<number | null>;
  /** What the server registered dynamically, and the titles of the progress it showed. */
  readonly registrations: string[] = [];
  readonly progress: string[] = [];
  readonly logged: string[] = [];
  stderr = '';

  constructor(options: LspClientOptions) {
    this.#options = options;
    const isIpc = options.transport === 'node-ipc';
    this.#process = spawn(process.execPath, [options.server, `--${options.transport}`], {
      stdio: ['pipe', 'pipe', 'pipe', ...(isIpc ? (['ipc'] as const) : [])],
    });
    this.#exited = once(this.#process, 'exit').then(([code]) => code as number | null);
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.connection = isIpc ? this.#overIpc() : this.#overStdio();
    this.#listen();
  }

  async initialize(): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: this.#options.folders.map((uri) => ({ uri, name: uri })),
      capabilities: this.#options.capabilities ?? {},
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  open(uri: string, text: string): Promise<void> {
    const languageId = uri.endsWith('.ts') ? 'typescript' : 'yaml';
    return this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Resolves with a document's findings as soon as they satisfy `isExpected`, now or later. */
  async diagnostics(
    uri: string,
    isExpected: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    for (;;) {
      const known = this.#diagnostics.get(uri) ?? [];
      if (isExpected(known)) return known;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The most recent findings. */
  latest(uri: string): readonly Diagnostic[] {
    return this.#diagnostics.get(uri) ?? [];
  }

  /** Writes bytes that are no message. */
  writeRaw(bytes: string): void {
    this.#process.stdin?.write(bytes);
  }

  /** Ends the server as the protocol prescribes. Returns its exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return this.#exited;
  }

  /** Ends the server whatever state it is in. */
  dispose(): void {
    this.connection.dispose();
    this.#process.kill();
  }

  #overIpc(): ProtocolConnection {
    return createProtocolConnection(new IPCMessageReader(this.#process), new IPCMessageWriter(this.#process));
  }

  #overStdio(): ProtocolConnection {
    const { stdout, stdin } = this.#process;
    if (stdout === null || stdin === null) throw new Error('The server has no pipes.');
    return createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
  }

  #listen(): void {
    const { connection } = this;
    connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        this.#diagnostics.set(uri, diagnostics);
        for (const wake of this.#waiting) wake();
        this.#waiting.clear();
      },
    );
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    connection.onNotification('$/progress', ({ value }: { value: { kind: string; title?: string } }) => {
      this.progress.push(value.title ?? value.kind);
    });
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest(
      'client/registerCapability',
      ({ registrations }: { registrations: { method: string }[] }) => {
        this.registrations.push(...registrations.map(({ method }) => method));
        return null;
      },
    );
    connection.listen();
  }
}
