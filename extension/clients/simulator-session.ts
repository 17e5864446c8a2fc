import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import { Emitter, type Event } from '../../simulator/base/emitter.ts';
import { err, ok, type Result } from '../../simulator/base/result.ts';
import { protocolVersion } from '../../simulator/protocol/contract.ts';
import type { TimeMode } from '../settings.ts';
import type { Connection } from '../timeline/messages.ts';
import type { StartFailure } from './client-error.ts';
import { isPortFree } from './port-check.ts';
import { SimulatorClient, type Notification } from './simulator-client.ts';
import { startSimulatorProcess, type Exit, type SimulatorProcess } from './simulator-process.ts';

interface SessionOptions {
  readonly command: string;
  /** The simulator's bundle. */
  readonly program: string;
  readonly log: (line: string) => void;
  /** What the user reads when the process ended by itself. */
  readonly describeExit: (exit: Exit) => string;
}

interface StartOptions {
  readonly grpcPort: number;
  readonly time: TimeMode;
}

interface Running {
  readonly process: SimulatorProcess;
  readonly client: SimulatorClient;
  readonly owned: DisposableStore;
}

/**
 * The one simulator of this window: its process and the connection to it.
 *
 *  S1. At most one process runs; a start while one is starting waits for that one.
 *  S2. A process whose connection could not be made is ended, never left behind.
 *  S3. After `stop` nothing of the session runs any more, not even a start that was under way.
 */
export class SimulatorSession implements Disposable {
  readonly onConnectionChanged: Event<Connection>;
  readonly onNotification: Event<Notification>;
  readonly #connections = new Emitter<Connection>();
  readonly #notified = new Emitter<Notification>();
  readonly #options: SessionOptions;
  #connection: Connection = { kind: 'stopped' };
  #starting: Promise<Result<SimulatorClient, StartFailure>> | undefined;
  #running: Running | undefined;
  #generation = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.onConnectionChanged = this.#connections.event;
    this.onNotification = this.#notified.event;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get client(): SimulatorClient | undefined {
    return this.#running?.client;
  }

  /** Starts the simulator unless it runs already. */
  async start(options: StartOptions): Promise<Result<SimulatorClient, StartFailure>> {
    if (this.#running !== undefined) return ok(this.#running.client);
    this.#starting ??= this.#begin(options).finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  /** Ends the simulator; settles when its process is gone. */
  async stop(): Promise<void> {
    this.#generation += 1;
    const running = this.#running;
    this.#running = undefined;
    this.#change({ kind: 'stopped' });
    running?.owned.dispose();
    await running?.process.stop();
    await this.#starting;
  }

  dispose(): void {
    void this.stop();
    this.#connections.dispose();
    this.#notified.dispose();
  }

  async #begin(options: StartOptions): Promise<Result<SimulatorClient, StartFailure>> {
    const generation = this.#generation;
    this.#change({ kind: 'starting' });
    const opened = await this.#open(options);
    if (opened.ok && generation === this.#generation) {
      this.#adopt(opened.value);
      return ok(opened.value.client);
    }
    if (generation === this.#generation) this.#change({ kind: 'stopped' });
    if (!opened.ok) return opened;
    opened.value.client.close();
    await opened.value.process.stop();
    return err({ kind: 'stopped-meanwhile' });
  }

  async #open(options: StartOptions): Promise<Result<Omit<Running, 'owned'>, StartFailure>> {
    const { grpcPort, time } = options;
    if (grpcPort !== 0 && !(await isPortFree(grpcPort))) return err({ kind: 'port-taken', port: grpcPort });
    const { command, program, log } = this.#options;
    const args = [program, 'start', '--announce', 'json', '--port', String(grpcPort), '--time', time];
    const started = await startSimulatorProcess({ command, args, log });
    if (!started.ok) return started;
    const { url, token } = started.value.announcement.control;
    const connected = await SimulatorClient.connect({ url, token, log });
    const refusal = connected.ok ? await unfit(connected.value) : connected.error;
    if (connected.ok && refusal === undefined) return ok({ process: started.value, client: connected.value });
    if (connected.ok) connected.value.close();
    await started.value.stop();
    return err({ kind: 'unreachable', reason: refusal ?? 'the connection was closed' });
  }

  #adopt({ process, client }: Omit<Running, 'owned'>): void {
    const owned = new DisposableStore();
    const grpcAddress = process.announcement.grpc;
    this.#running = { process, client, owned };
    owned.add({ dispose: () => client.close() });
    owned.add(client.onNotification((notification) => this.#notified.fire(notification)));
    owned.add(
      client.onLinkChanged((link) => {
        if (link === 'connected') this.#change({ kind: 'connected', grpcAddress });
        if (link === 'reconnecting') this.#change({ kind: 'reconnecting' });
      }),
    );
    void process.ended.then((exit) => {
      // An end that was asked for has been reported by `stop`.
      if (this.#running?.process !== process) return;
      this.#running = undefined;
      owned.dispose();
      this.#change({ kind: 'failed', message: this.#options.describeExit(exit) });
    });
    this.#change({ kind: 'connected', grpcAddress });
  }

  #change(connection: Connection): void {
    this.#connection = connection;
    this.#connections.fire(connection);
  }
}

/** Why this simulator cannot be talked to, if so. */
async function unfit(client: SimulatorClient): Promise<string | undefined> {
  const described = await client.request('simulator/describe', {});
  if (!described.ok)
    return described.error.kind === 'refused' ? described.error.message : described.error.kind;
  const theirs = described.value.protocolVersion;
  return theirs === protocolVersion
    ? undefined
    : `it speaks version ${theirs} of the control contract and this extension version ${protocolVersion}`;
}
