// The driver's end of the probe: listens on loopback, and asks the extension host that connected last.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import type { ProbeAnswer, ProbeCall, ProbeMethod, ProbeParams, ProbeResult } from './probe-contract.ts';

const connectTimeout = 60_000;
const answerTimeout = 60_000;
/** A whole mocha run is one request. */
const suitesTimeout = 10 * 60_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

export class ProbeLink {
  readonly #server: Server;
  readonly #token: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #arrivals = new Set<() => void>();
  #socket: Socket | undefined;
  #lastId = 0;

  private constructor(server: Server, token: string) {
    this.#server = server;
    this.#token = token;
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
  }

  /** Listens on a free loopback port. */
  static async listen(): Promise<ProbeLink> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ProbeLink(server, randomBytes(16).toString('hex'));
  }

  /** What the probe needs to find and convince this link: `host:port:token`. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `127.0.0.1:${port}:${this.#token}`;
  }

  /** Forgets the present extension host, so that `connected` waits for the next one. */
  forget(): void {
    this.#socket?.destroy();
    this.#drop('The extension host was left behind.');
  }

  /**
   * Resolves when an extension host with the probe is connected.
   * @throws Error when none came in a minute.
   */
  async connected(): Promise<void> {
    if (this.#socket !== undefined) return;
    await withDeadline(connectTimeout, 'No extension host connected', (resolve) => {
      this.#arrivals.add(() => {
        resolve(undefined);
      });
    });
  }

  /**
   * Asks the extension host.
   * @throws Error with the extension host's own message, or when it ends or stays silent.
   */
  async request<M extends ProbeMethod>(method: M, params: ProbeParams<M>): Promise<ProbeResult<M>> {
    await this.connected();
    const id = (this.#lastId += 1);
    const limit = method === 'runSuites' ? suitesTimeout : answerTimeout;
    try {
      return await withDeadline(limit, `The extension host did not answer '${method}'`, (resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        if (this.#socket !== undefined)
          writeJsonLine(this.#socket, { id, method, params } satisfies ProbeCall);
      });
    } finally {
      this.#waiting.delete(id);
    }
  }

  async close(): Promise<void> {
    this.forget();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    let known = false;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#drop('The extension host ended.');
    });
    readJsonLines(socket, (value) => {
      if (known) {
        this.#settle(value as ProbeAnswer);
        return;
      }
      if ((value as { token?: unknown } | null)?.token !== this.#token) {
        socket.destroy();
        return;
      }
      known = true;
      this.forget();
      this.#socket = socket;
      for (const arrived of this.#arrivals) arrived();
      this.#arrivals.clear();
    });
  }

  #settle(answer: ProbeAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result);
  }

  #drop(reason: string): void {
    this.#socket = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}

function withDeadline(
  milliseconds: number,
  complaint: string,
  start: (resolve: (value: unknown) => void, reject: (reason: Error) => void) => void,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(milliseconds);
  return new Promise((resolve, reject) => {
    const late = (): void => {
      reject(new Error(`${complaint} within ${milliseconds / 1000} s.`));
    };
    deadline.addEventListener('abort', late);
    const settled = (): void => {
      deadline.removeEventListener('abort', late);
    };
    start(
      (value) => {
        settled();
        resolve(value);
      },
      (reason) => {
        settled();
        reject(reason);
      },
    );
  });
}
