import type { Instant } from '../../base/time.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { BreakerName, WaitingCause } from '../../protocol/explain.ts';
import { STANDALONE } from '../fact.ts';
import { operationSpan } from '../../spans/span-ids.ts';
import { groupOf } from '../nexus/outbound-group.ts';
import { breakerAt } from '../policy/circuit-breaker.ts';
import { readCallbackToken, CALLBACK_TOKEN_HEADER } from '../nexus/token.ts';
import type { ExternalCallPurpose, NexusTaskPurpose } from '../fact.ts';
import {
  isRunning,
  openOperation,
  workflowKey,
  type Child,
  type CountedFailure,
  type EngineState,
  type Execution,
  type NexusTask,
  type Operation,
  type OutboundCall,
} from '../state.ts';
import type { Activity } from '../execution/activity-state.ts';
import { ofActivity } from './activity.ts';
import { cause, type Said, inTime, left, whoseTurn, whyFailed } from './cause.ts';
import { ofCallbacks, ofChild, ofTask, ofTimer } from './run.ts';

/** How many levels of calls an explanation follows; a longer chain is cut there. */
const LEVELS_MAX = 32;

/** Why a run, of a workflow or of a standalone operation, does not go on, as a chain: each cause waits for the next one. Empty when it waits for nothing. */
export function explainRun(state: Readonly<EngineState>, run: RunId, now: Instant): WaitingCause[] {
  if (state.standalone.has(run)) return explainPending(state, { run, scheduledEventId: STANDALONE }, now);
  const chain: WaitingCause[] = [];
  let execution = state.executions.get(run);
  for (let level = 0; execution !== undefined && level < LEVELS_MAX; level++) {
    const { causes, next } = ofExecution(state, execution, now);
    chain.push(...causes);
    execution = next;
  }
  return chain;
}

interface Explained {
  readonly causes: readonly WaitingCause[];
  /** The run that this one waits for. */
  readonly next?: Execution | undefined;
}

/** What keeps a run from going on: its own task first, then what it has called, then time. */
function ofExecution(state: Readonly<EngineState>, execution: Execution, now: Instant): Explained {
  const { runId: run } = execution.ref;
  const inRun = (said: Said): WaitingCause => ({ ...said, run });
  if (!isRunning(execution)) return { causes: ofCallbacks(state, execution, now).map(inRun) };
  const task = ofTask(execution, now);
  if (task !== undefined) return { causes: [inRun(task)] };
  const [operation] = execution.operations.values();
  if (operation !== undefined) {
    const next = operation.state === 'STARTED' ? handlerRun(state, operation) : undefined;
    return { causes: [ofOperation(state, operation, now)], next };
  }
  const [activity] = execution.activities.values();
  if (activity !== undefined) return { causes: [activityCause(state, execution, activity, now)] };
  const [child] = execution.children.values();
  if (child !== undefined) {
    return { causes: [inRun(ofChild(execution, child))], next: childRun(state, child) };
  }
  const timer = ofTimer(execution, now);
  return { causes: timer === undefined ? [] : [inRun(timer)] };
}

const activityCause = (
  state: Readonly<EngineState>,
  execution: Execution,
  activity: Activity,
  now: Instant,
): WaitingCause => ({
  ...ofActivity(state, execution, activity, now),
  run: execution.ref.runId,
  activity: activity.ref.scheduledEventId,
});

const childRun = (
  { currentRuns, executions }: Readonly<EngineState>,
  { namespace, workflowId }: Child,
): Execution | undefined => {
  const current = currentRuns.get(workflowKey(namespace, workflowId));
  return current && executions.get(current);
};

/** Why the operation, activity or child that this event began is not closed yet, followed into the workflow behind it. */
export function explainPending(
  state: Readonly<EngineState>,
  named: { readonly run: RunId; readonly scheduledEventId: number },
  now: Instant,
): WaitingCause[] {
  const operation = openOperation(state, named.run, named.scheduledEventId);
  const follow = (behind: Execution | undefined): WaitingCause[] =>
    behind === undefined ? [] : explainRun(state, behind.ref.runId, now);
  if (operation !== undefined) {
    const behind = operation.state === 'STARTED' ? handlerRun(state, operation) : undefined;
    return [ofOperation(state, operation, now), ...follow(behind)];
  }
  const execution = state.executions.get(named.run);
  const activity = execution?.activities.get(named.scheduledEventId);
  if (execution !== undefined && activity !== undefined)
    return [activityCause(state, execution, activity, now)];
  const child = execution?.children.get(named.scheduledEventId);
  if (execution === undefined || child === undefined) return [];
  return [{ ...ofChild(execution, child), run: named.run }, ...follow(childRun(state, child))];
}

function ofOperation(state: Readonly<EngineState>, operation: Operation, now: Instant): WaitingCause {
  const { run, scheduledEventId } = operation.ref;
  const { outboundCall } = operation;
  const breaker = outboundCall?.reason === 'breaker' ? breakerOf(operation, outboundCall) : undefined;
  return {
    ...operationSaid(state, operation, now),
    run: run.runId,
    operation: scheduledEventId,
    ...(breaker !== undefined && { breaker }),
  };
}

const breakerOf = (operation: Operation, { kind }: OutboundCall): BreakerName => ({
  calls: groupOf(kind, operation),
  namespace: operation.ref.run.namespace,
  endpoint: operation.endpoint,
});

/** What it waits for itself, and its cancel request with it. */
function operationSaid(state: Readonly<EngineState>, operation: Operation, now: Instant): Said {
  const told = ofProgress(state, operation, now);
  const { cancellation, outboundCall, service, operation: name } = operation;
  if (cancellation?.state === 'UNSPECIFIED') {
    return { ...told, text: `${told.text}; its cancel request waits for it to start` };
  }
  if (outboundCall?.kind !== 'cancel') return told;
  return { ...told, text: `the cancel request of ${service}.${name}: ${told.text}` };
}

function ofProgress(state: Readonly<EngineState>, operation: Operation, now: Instant): Said {
  const span = operationSpan(operation.ref);
  const name = `${operation.service}.${operation.operation}`;
  if (operation.outboundCall !== undefined) return ofCall(state, operation, operation.outboundCall, now);
  switch (operation.state) {
    case 'BACKING_OFF': {
      const until = operation.nextAttemptScheduleTime;
      const failed = `attempt ${operation.attempt} failed (${whyFailed(operation.lastAttemptFailure)})`;
      return cause(`${name} backs off: ${failed}; the next one sets out${inTime(now, until)}`, {
        span,
        until,
      });
    }
    case 'STARTED':
      return cause(
        `${name} has started and waits for its completion callback${ofCancellation(operation, now)}`,
        { span, until: operation.timeoutTimers.find(({ state: timer }) => timer === 'set')?.at },
      );
    case 'SCHEDULED':
      return ofAttempt(state, operation, now);
  }
}

function ofAttempt(state: Readonly<EngineState>, operation: Operation, now: Instant): Said {
  const span = operationSpan(operation.ref);
  const attempt = operation.attempt + 1;
  const name = `attempt ${attempt} of ${operation.service}.${operation.operation}`;
  const away = [...state.externalCalls.values()].find(({ purpose }) =>
    isStartOf(purpose, operation, attempt),
  );
  if (away !== undefined) {
    const { at } = away.timer;
    return cause(`${name} is out to ${away.url}; it ends in ${left(now, at)}`, { span, until: at });
  }
  const task = taskOf(state, operation, attempt);
  if (task === undefined) return cause(`${name} sets out now`, { span });
  const { queue, deadline } = task;
  const end = `; it ends in ${left(now, deadline)}`;
  if (task.dispatched) {
    return cause(`${name} is in the hands of a worker on ${queue.name} of ${queue.namespace}${end}`, {
      span,
      until: deadline,
    });
  }
  const where = `task queue ${queue.name} of ${queue.namespace}`;
  return cause(`${name} waits for a worker on ${where}: ${whoseTurn(queue)}${end}`, {
    span,
    until: deadline,
  });
}

function ofCall(state: Readonly<EngineState>, operation: Operation, call: OutboundCall, now: Instant): Said {
  const span = operationSpan(operation.ref);
  const { namespace } = operation.ref.run;
  const way = `${namespace} → ${operation.endpoint}`;
  const until = call.reason === 'breaker' ? undefined : call.timer?.at;
  const again = until === undefined ? '' : `; asks again in ${left(now, until)}`;
  switch (call.reason) {
    case 'breaker':
      return cause(`blocked: ${breakerText(state, operation, now, way)}`, { span, until });
    case 'rate':
      return cause(`waits for the rate limit of ${way}`, { span });
    case 'concurrency':
      return cause(`waits for one of the calls in flight of ${way} to come back`, { span });
    case 'buffer':
      return cause(`put off: too many calls wait for ${way} already${again}`, { span, until });
  }
}

function breakerText(state: Readonly<EngineState>, operation: Operation, now: Instant, way: string): string {
  const group = [...state.outbound.values()].find(
    ({ kind, namespace, endpoint }) =>
      kind === groupOf(operation.outboundCall?.kind ?? 'start', operation) &&
      namespace === operation.ref.run.namespace &&
      endpoint === operation.endpoint,
  );
  if (group === undefined) return `the breaker ${way} was not closed`;
  const breaker = breakerAt(group.breaker, now);
  const why = `, because ${becauseOf(group.evidence)}`;
  switch (breaker.kind) {
    case 'open':
      return `breaker ${way} has been open for ${left(breaker.since, now)}${why}; half-opens in ${left(now, breaker.until)}`;
    case 'half-open':
      return `breaker ${way} is half-open${breaker.probing ? ' and its probe is under way' : ''}${why}`;
    case 'closed':
      return `breaker ${way} is closed again`;
  }
}

/** Only calls that failed, or somebody's hand, keep a breaker from being closed. */
const becauseOf = (evidence: readonly CountedFailure[]): string =>
  evidence.length === 0 ? 'somebody forced it' : toldTogether(evidence).join(', ');

/** One call's consecutive attempts that failed alike are told as one. */
function toldTogether(evidence: readonly CountedFailure[]): readonly string[] {
  const told: { readonly first: CountedFailure; last: number }[] = [];
  for (const failure of evidence) {
    const { operation, attempt, type } = failure;
    const known = told.find(
      ({ first, last }) =>
        operationSpan(first.operation) === operationSpan(operation) &&
        first.type === type &&
        last === attempt - 1,
    );
    if (known === undefined) told.push({ first: failure, last: attempt });
    else known.last = attempt;
  }
  return told.map(({ first: { operation, attempt, type }, last }) => {
    const attempts = last === attempt ? `attempt ${attempt}` : `attempts ${attempt}–${last}`;
    return `${attempts} for ${operation.run.workflowId} failed ${type}`;
  });
}

const taskOf = (state: Readonly<EngineState>, operation: Operation, attempt: number): NexusTask | undefined =>
  [...state.nexusTasks.values()].find(({ purpose }) => isStartOf(purpose, operation, attempt));

const isStartOf = (
  purpose: ExternalCallPurpose | NexusTaskPurpose,
  operation: Operation,
  attempt: number,
): boolean =>
  purpose.kind === 'start' &&
  purpose.attempt === attempt &&
  purpose.operation.run.runId === operation.ref.run.runId &&
  purpose.operation.scheduledEventId === operation.ref.scheduledEventId;

/** What becomes of its cancel request meanwhile. */
function ofCancellation({ cancellation }: Operation, now: Instant): string {
  switch (cancellation?.state) {
    case 'BACKING_OFF': {
      const { attempt, lastAttemptFailure, nextAttemptScheduleTime } = cancellation;
      const failed = `attempt ${attempt} failed (${whyFailed(lastAttemptFailure)})`;
      return `; its cancel request backs off: ${failed}, the next one sets out${inTime(now, nextAttemptScheduleTime)}`;
    }
    case 'SCHEDULED':
      return '; its cancel request is on its way';
    case 'SUCCEEDED':
      return '; its cancel request was delivered';
    case 'FAILED':
      return `; its cancel request failed for good (${whyFailed(cancellation.lastAttemptFailure)})`;
    default:
      return '';
  }
}

/** The workflow whose callback completes this operation, while it runs or has still to deliver it. */
function handlerRun(state: Readonly<EngineState>, operation: Operation): Execution | undefined {
  for (const execution of state.executions.values()) {
    const delivers = execution.callbacks.some(
      ({ callback, state: at }) =>
        isFor(callback, operation) && (isRunning(execution) || at === 'SCHEDULED' || at === 'BACKING_OFF'),
    );
    if (delivers) return execution;
  }
  return undefined;
}

function isFor(callback: Execution['callbacks'][number]['callback'], operation: Operation): boolean {
  const header = Object.entries(callback.nexus?.header ?? {});
  const text = header.find(([key]) => key.toLowerCase() === CALLBACK_TOKEN_HEADER)?.[1];
  return readCallbackToken(text ?? '')?.requestId === operation.requestId;
}
