import { err } from '../base/result.ts';
import { formatDuration, type DurationMs, type Instant } from '../base/time.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { Span } from '../protocol/span.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, ServiceError, Sleeper, TemporalPort } from '../protocol/temporal/port.ts';
import { Attempts } from './attempts.ts';
import { intercept } from './intercept.ts';
import { pause } from './pause.ts';
import { PlayedFaults, unplayable } from './played-faults.ts';
import { Runs, type ReadRun } from './runs.ts';
import { WallSleeper } from './wall-sleeper.ts';

export interface ClusterHostOptions {
  readonly port: TemporalPort;
  /** Wall-clock milliseconds since the Unix epoch at which the world begins. */
  readonly originMs: number;
  /** The world is left after this long, whatever is open. */
  readonly until: DurationMs;
  /** Draws what the histories tell. */
  readonly draw: (runs: readonly ReadRun[]) => readonly Span[];
}

/** How often the server is asked whether anything can still happen. */
const LOOK_MS = 300;

const left: ServiceError = { code: 'DEADLINE_EXCEEDED', message: 'the world was left' };

/** A world has come to rest when it was found so this often in a row. */
const LOOKS_AT_REST = 2;

/**
 * A place for worlds on a real server, in real time. What a server cannot do is left out and told: callbacks cannot
 * be disturbed, and nobody says how breakers stand.
 */
export class ClusterHost implements TemporalPort, Sleeper {
  readonly #options: ClusterHostOptions;
  readonly #sleeper: WallSleeper;
  readonly #faults = new PlayedFaults();
  readonly #attempts: Attempts;
  readonly #runs: Runs;
  readonly #port: TemporalPort;
  readonly #troubles: string[] = [];
  #read: readonly ReadRun[] = [];
  #restedAt: Instant | undefined;
  #isLeft = false;

  constructor(options: ClusterHostOptions) {
    const { port, originMs } = options;
    this.#options = options;
    this.#sleeper = new WallSleeper(originMs);
    this.#attempts = new Attempts(() => this.#sleeper.now());
    this.#runs = new Runs(this.#faults.over(this.#attempts.over(port)), () => this.#sleeper.now());
    this.#port = this.#withOwnRequests(this.#runs.port);
  }

  /** What the world could not have here, one sentence each. */
  get troubles(): readonly string[] {
    return this.#troubles;
  }

  /** The runs that the world brought about; complete once it has settled. */
  get runs(): readonly ReadRun[] {
    return this.#read;
  }

  call<M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions): Promise<Reply<M>> {
    return this.#port.call(method, request, options);
  }

  /** Once the world has come to rest, the time at which it did. */
  now(): Instant {
    return this.#restedAt ?? this.#sleeper.now();
  }

  sleep(duration: DurationMs, options?: CallOptions): Promise<void> {
    return this.#sleeper.sleep(duration, options);
  }

  injectFaults(rules: readonly FaultRule[]): void {
    this.#faults.add(rules);
    this.#troubles.push(...unplayable(rules));
  }

  async whenSettled(): Promise<'idle'> {
    const { until } = this.#options;
    for (let looks = 0; looks < LOOKS_AT_REST;) {
      if (this.#sleeper.now() >= until) {
        this.#troubles.push(`The world was left after ${formatDuration(until)}; something was still open.`);
        break;
      }
      await pause(LOOK_MS);
      const isAtRest = !this.#sleeper.isWaiting && (await this.#runs.isAtRest());
      looks = isAtRest ? looks + 1 : 0;
    }
    this.#isLeft = true;
    this.#read = await this.#runs.readAll();
    const times = this.#read.flatMap(({ events }) => events.map(({ eventTime }) => eventTime));
    this.#restedAt = times.length === 0 ? this.#sleeper.now() : (Math.max(...times) as Instant);
    return 'idle';
  }

  spans(): readonly Span[] {
    return this.#attempts.addedTo(this.#options.draw(this.#read));
  }

  /** Ends what the world has left open. */
  async end(): Promise<void> {
    await this.#runs.terminate('the world file has been run');
  }

  /**
   * The world's own starts have the same request ids in every run, and a server that had seen one before would give
   * the old run back. Nobody waits for history any more once the world is left.
   */
  #withOwnRequests(port: TemporalPort): TemporalPort {
    const { originMs, until } = this.#options;
    return intercept(port, {
      startWorkflowExecution: (request, options) => {
        const { identity, requestId = '' } = request;
        const own = identity === 'world-file' ? { requestId: `${requestId}-${originMs}` } : {};
        return port.call('startWorkflowExecution', { ...request, ...own }, options);
      },
      getWorkflowExecutionHistory: async (request, options) => {
        const isOver = this.#isLeft || this.#sleeper.now() >= until;
        if (isOver && request.waitNewEvent === true) return err(left);
        return port.call('getWorkflowExecutionHistory', request, options);
      },
    });
  }
}
