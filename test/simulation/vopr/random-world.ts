import type { Prng } from '../../../simulator/base/prng.ts';
import { ORIGIN, type Instant } from '../../../simulator/base/time.ts';
import { Engine, type Step } from '../../../simulator/engine/engine.ts';
import type { CallInput, Input } from '../../../simulator/engine/input.ts';
import { firstBroken } from '../../../simulator/engine/invariants.ts';
import type { Execution } from '../../../simulator/engine/state.ts';
import { Trace } from '../../../simulator/engine/trace/spans.ts';
import type { JournalEntry, JournalHeader } from '../../../simulator/persistence/journal.ts';
import type { CallId } from '../../../simulator/protocol/ids.ts';
import { limitsOf } from '../../../simulator/protocol/limits.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../../../simulator/protocol/temporal/methods.ts';
import type { NexusRequest } from '../../../simulator/protocol/temporal/nexus.ts';
import type { Reply } from '../../../simulator/protocol/temporal/port.ts';
import { oneIn, pickAny } from '../../harness/draw.ts';
import { stepProblem } from './history-rules.ts';
import type { Taste } from './taste.ts';

/** What breaks a rule in this state, and which rule; `undefined` when all hold. */
export type Check = (...state: Parameters<typeof firstBroken>) => string | undefined;

/** A rule does not hold: its name, then what breaks it. */
export class Breach extends Error {
  /** What stands before the colon; a shorter story has to break the same rule. */
  get rule(): string {
    return this.message.split(':')[0] ?? '';
  }
}

/** A task in a worker's hands, or one that was: late and repeated answers use those. */
export interface HeldTask {
  readonly namespace: string;
  readonly token: string;
}

export interface HeldNexusTask extends HeldTask {
  readonly request: NexusRequest;
}

/**
 * One engine and all who take part in its world, played by the moves of a story. It journals every input, and looks at
 * every rule after each.
 */
export class RandomWorld {
  readonly header: JournalHeader;
  readonly journal: JournalEntry[] = [];
  readonly engine: Engine;
  readonly taste: Taste;
  readonly workflowTasks: HeldTask[] = [];
  readonly queryTasks: HeldTask[] = [];
  readonly activityTasks: HeldTask[] = [];
  readonly nexusTasks: HeldNexusTask[] = [];
  /** Requests whose callback somebody may still use. */
  readonly nexusRequests: NexusRequest[] = [];
  /** Runs that were deleted, with what they had come to. */
  readonly deleted: Execution[] = [];
  readonly #check: Check;
  readonly #trace = new Trace();
  readonly #waiting = new Map<CallId, (value: unknown) => void>();
  #calls = 0;
  #now = ORIGIN;

  constructor(taste: Taste, header: JournalHeader, check: Check = firstBroken) {
    this.taste = taste;
    this.header = header;
    this.#check = check;
    this.engine = new Engine({ seed: header.seed, limits: limitsOf(header.profile, header.limits) });
  }

  get now(): Instant {
    return this.#now;
  }

  get runs(): readonly Execution[] {
    return [...this.engine.state.executions.values()];
  }

  get running(): readonly Execution[] {
    return this.runs.filter(({ status }) => status === 'RUNNING');
  }

  /** Every history that there is or was. */
  get histories(): readonly Execution[] {
    return [...this.deleted, ...this.runs];
  }

  get spans(): ReturnType<Trace['all']> {
    return this.#trace.all();
  }

  /** How many spans have gone with their runs. */
  get spansDropped(): number {
    return this.#trace.store.dropped;
  }

  /** Makes a call; returns the answer, if it came at once. Who waits for one hears it through `heard`. */
  ask<M extends TemporalMethod>(
    method: M,
    request: RequestOf<M>,
    waiting: { readonly remote?: boolean; readonly heard?: (value: ResponseOf<M>) => void } = {},
  ): Reply<M> | undefined {
    const call = ++this.#calls as CallId;
    const { remote = false, heard } = waiting;
    if (heard !== undefined) this.#waiting.set(call, heard as (value: unknown) => void);
    // The compiler cannot see that method and request of one `M` make one member of the union.
    const { effects } = this.input({ kind: 'call', call, method, request, remote } as CallInput);
    const answer = effects.find((effect) => effect.kind === 'reply' && effect.call === call);
    return (answer as { readonly reply: Reply<M> } | undefined)?.reply;
  }

  /** A participant waits on the virtual clock. */
  sleep(duration: (Input & { readonly kind: 'sleep' })['duration']): void {
    this.input({ kind: 'sleep', call: ++this.#calls as CallId, duration });
  }

  input(input: Input): Step {
    this.journal.push({ at: this.#now, input });
    // Clients delete runs, and closed ones expire with whatever comes next.
    const before = this.runs;
    const step = this.#dispatch(input);
    this.deleted.push(...before.filter(({ ref }) => !this.engine.state.executions.has(ref.runId)));
    const problem = stepProblem(step.facts) ?? this.#check(this.engine.state, this.#now);
    if (problem !== undefined) throw new Breach(problem);
    for (const fact of step.facts) this.#trace.apply(fact);
    for (const effect of step.effects) {
      if (effect.kind === 'external-call' && effect.call.kind === 'start') {
        this.nexusRequests.push(effect.call.request);
      }
      if (effect.kind !== 'reply') continue;
      const heard = this.#waiting.get(effect.call);
      this.#waiting.delete(effect.call);
      if (effect.reply.ok) heard?.(effect.reply.value);
    }
    return step;
  }

  /** Lets the earliest timer fire, if it is due by then. */
  fireNext(by: Instant): boolean {
    const at = this.engine.nextDeadline;
    if (at === undefined || at > by) return false;
    this.#now = at;
    this.input({ kind: 'timer-due' });
    return true;
  }

  /** Nothing is due before. */
  moveTo(instant: Instant): void {
    this.#now = instant;
  }

  /** One of the latest that are in someone's hands; now and then it stays there, to be answered again. */
  take<T extends HeldTask>(random: Prng, held: T[]): T | undefined {
    const task = pickAny(random, oneIn(random, 4) ? held : held.slice(-2));
    if (task !== undefined && !oneIn(random, 8)) held.splice(held.indexOf(task), 1);
    return task;
  }

  #dispatch(input: Input): Step {
    try {
      return this.engine.dispatch(input, this.#now);
    } catch (problem) {
      throw new Breach(`the engine threw: ${problem instanceof Error ? problem.message : String(problem)}`);
    }
  }
}
