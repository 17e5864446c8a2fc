import { assert, assertNever } from '../base/assert.ts';
import { after, type Instant } from '../base/time.ts';
import type { WaitingCause } from '../protocol/explain.ts';
import type { RunId } from '../protocol/ids.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import type { TemporalMethod } from '../protocol/temporal/methods.ts';
import type { Effect } from './effect.ts';
import { answerHistoryWaits } from './execution/record.ts';
import { explainPending, explainRun } from './explain/waiting.ts';
import type { RunRef, StampedFact } from './fact.ts';
import type { CallInput, Input } from './input.ts';
import { methodHandlers } from './methods.ts';
import { endExternalCall } from './nexus/external-answer.ts';
import { runFreedCalls } from './nexus/outbound-calls.ts';
import { unloadIdleQueues } from './matching/idle-queues.ts';
import { loseWorker } from './matching/worker-gone.ts';
import { namedGroup } from './nexus/outbound-group.ts';
import { adoptLimits, forceBreaker } from './nexus/outbound-queue.ts';
import { addNamespace } from './registry/namespaces.ts';
import { restartServer } from './restart.ts';
import { forgetExpired } from './retention.ts';
import { answerStandaloneWaits } from './standalone/wait.ts';
import { emptyState, type EngineState } from './state.ts';
import { giveUpCall } from './give-up-call.ts';
import { tokenRefusal } from './task-token.ts';
import { onTimer } from './timer-due.ts';
import { doTransfers } from './transfer-due.ts';
import { record, type MethodHandler, type Turn } from './turn.ts';

/** What one input led to. */
export interface Step {
  readonly facts: readonly StampedFact[];
  readonly effects: readonly Effect[];
}

/**
 * The machine. It decides what happens and owns all state; it has no clock, no I/O and nothing to wait for.
 *
 * E1. The same inputs at the same instants give the same facts and effects, byte for byte.
 * E2. Nothing that a peer sends makes it throw: what a peer may not do is refused.
 * E3. Time does not run backwards, and no timer is passed over.
 */
export class Engine {
  readonly #state: EngineState;
  #limits: Limits;
  #now = 0 as Instant;

  constructor(options: { readonly seed: number; readonly limits: Limits }) {
    this.#state = emptyState(options.seed);
    this.#limits = options.limits;
  }

  /** The state, for checks and pictures. Only {@link dispatch} changes it. */
  get state(): Readonly<EngineState> {
    return this.#state;
  }

  /** The settings as they are now. */
  get limits(): Limits {
    return this.#limits;
  }

  /** When the earliest timer is due. */
  get nextDeadline(): Instant | undefined {
    return this.#state.timers.next()?.at;
  }

  /**
   * True while another process has something to do: a worker holds a task, or one waits where it polls, or a call is
   * out to it.
   */
  get awaitsRemote(): boolean {
    if (this.#state.held.size > 0) return true;
    for (const { waiting, attendants } of this.#state.queues.values()) {
      if (waiting.size > 0 && attendants.size > 0) return true;
    }
    return false;
  }

  /** Why a run, or the operation, activity or child that one of its events began, does not go on: a chain in which each cause waits for the next. */
  explain(named: { readonly run: RunId; readonly scheduledEventId?: number }): readonly WaitingCause[] {
    const { run, scheduledEventId } = named;
    return scheduledEventId === undefined
      ? explainRun(this.#state, run, this.#now)
      : explainPending(this.#state, { run, scheduledEventId }, this.#now);
  }

  dispatch(input: Input, now: Instant): Step {
    assert(now >= this.#now, 'time does not run backwards');
    this.#now = now;
    const before = this.#limits;
    if (input.kind === 'limits-changed') this.#limits = { ...before, ...input.changes };
    const turn: Turn = {
      state: this.#state,
      limits: this.#limits,
      now,
      facts: [],
      effects: [],
      transfers: [],
      freedGroups: new Set(),
    };
    forgetExpired(turn);
    handle(turn, input, before);
    doTransfers(turn);
    runFreedCalls(turn);
    answerWaits(turn);
    unloadIdleQueues(turn);
    return turn;
  }
}

function handle(turn: Turn, input: Input, limitsBefore: Limits): void {
  switch (input.kind) {
    case 'call':
      onCall(turn, input);
      return;
    case 'call-cancelled':
      giveUpCall(turn, input.call);
      return;
    case 'sleep': {
      const at = after(turn.now, input.duration);
      const timer = turn.state.timers.set(at, { kind: 'sleep', call: input.call });
      turn.state.waitingCalls.set(input.call, { kind: 'sleep', timer });
      return;
    }
    case 'timer-due': {
      const timer = turn.state.timers.takeDue(turn.now);
      if (timer !== undefined) onTimer(turn, timer.purpose);
      return;
    }
    case 'external-call-ended':
      endExternalCall(turn, input.token, input.answer);
      return;
    case 'faults-injected':
      turn.state.faults = [...turn.state.faults, ...input.rules];
      return;
    case 'faults-cleared':
      turn.state.faults = [];
      return;
    case 'callers-allowed':
      if (input.namespaces === undefined) turn.state.allowedCallers.delete(input.endpoint);
      else turn.state.allowedCallers.set(input.endpoint, new Set(input.namespaces));
      return;
    case 'breaker-forced':
      forceBreaker(turn, namedGroup(turn, { ...input, kind: input.calls }), input.to);
      return;
    case 'limits-changed':
      record(turn, { kind: 'limits-changed', changes: input.changes });
      adoptLimits(turn, limitsBefore);
      return;
    case 'server-restarted':
      restartServer(turn, input.workers);
      return;
    case 'worker-gone':
      loseWorker(turn, input.identity);
      return;
    case 'registry-restored':
      onRegistryRestored(turn, input.snapshot);
      return;
    default:
      assertNever(input);
  }
}

function onCall(turn: Turn, input: CallInput): void {
  // The union of inputs is keyed by method, so a method and its request always belong together.
  const handler = methodHandlers[input.method] as MethodHandler<TemporalMethod>;
  const request = input.request;
  const reply = tokenRefusal(turn, input.method, request) ?? handler(turn, request, input);
  if (reply !== undefined) turn.effects.push({ kind: 'reply', call: input.call, reply });
}

function onRegistryRestored(turn: Turn, snapshot: RegistrySnapshot): void {
  for (const namespace of snapshot.namespaces) addNamespace(turn, namespace);
  for (const endpoint of snapshot.endpoints) {
    turn.state.endpoints.set(endpoint.id, endpoint);
    record(turn, { kind: 'endpoint-created', endpoint });
  }
}

/** Those that wait for news of a run hear of it once the turn is over, and then all of it. */
function answerWaits(turn: Turn): void {
  if (turn.state.waitingCalls.size === 0) return;
  const told = new Set<string>();
  for (const fact of [...turn.facts]) {
    const run = toldOf(fact)?.runId;
    if (run === undefined || told.has(run)) continue;
    told.add(run);
    const execution = turn.state.executions.get(run);
    if (execution !== undefined && execution.waits.size > 0) answerHistoryWaits(turn, execution);
    const operation = turn.state.standalone.get(run);
    if (operation !== undefined && operation.waits.size > 0) answerStandaloneWaits(turn, operation);
  }
}

/** The run that a fact is news of, for those that wait. */
function toldOf(fact: StampedFact): RunRef | undefined {
  if (fact.kind === 'event-recorded') return fact.run;
  return fact.kind === 'standalone-changed' ? fact.operation.run : undefined;
}
