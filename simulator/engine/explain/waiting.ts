import { between, formatDuration, type Instant } from '../../base/time.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { WaitingCause } from '../../protocol/explain.ts';
import { STANDALONE } from '../fact.ts';
import { failureTexts } from '../trace/failure-text.ts';
import { operationSpan, workflowSpan } from '../trace/span-ids.ts';
import { groupOf } from '../nexus/outbound-group.ts';
import { breakerAt } from '../policy/circuit-breaker.ts';
import { readCallbackToken, CALLBACK_TOKEN_HEADER } from '../nexus/token.ts';
import {
  isRunning,
  openOperation,
  queueKey,
  type EngineState,
  type Execution,
  type NexusTask,
  type Operation,
  type OutboundCall,
} from '../state.ts';

/** How many levels of calls an explanation follows; a longer chain is cut there. */
const LEVELS_MAX = 32;

/** Why a run, of a workflow or of a standalone operation, does not go on, as a chain: each cause waits for the next one. Empty when it waits for nothing. */
export function explainRun(state: Readonly<EngineState>, run: RunId, now: Instant): WaitingCause[] {
  if (state.standalone.has(run)) return explainOperation(state, { run, scheduledEventId: STANDALONE }, now);
  const chain: WaitingCause[] = [];
  let execution = state.executions.get(run);
  for (let level = 0; execution !== undefined && isRunning(execution) && level < LEVELS_MAX; level++) {
    const own = ofRun(state, execution, now);
    if (own !== undefined) {
      chain.push(own);
      return chain;
    }
    const operation = [...execution.operations.values()][0];
    if (operation === undefined) return chain;
    const cause = ofOperation(state, operation, now);
    chain.push(cause);
    execution = operation.state === 'STARTED' ? handlerRun(state, operation) : undefined;
  }
  return chain;
}

/** Why an operation is not closed yet, followed into the workflow behind it. */
export function explainOperation(
  state: Readonly<EngineState>,
  named: { readonly run: RunId; readonly scheduledEventId: number },
  now: Instant,
): WaitingCause[] {
  const operation = openOperation(state, named.run, named.scheduledEventId);
  if (operation === undefined) return [];
  const behind = operation.state === 'STARTED' ? handlerRun(state, operation) : undefined;
  const rest = behind === undefined ? [] : explainRun(state, behind.ref.runId, now);
  return [ofOperation(state, operation, now), ...rest];
}

/** A workflow task or a timer of the run itself; `undefined` when it waits for an operation, or for nothing. */
function ofRun(state: Readonly<EngineState>, execution: Execution, now: Instant): WaitingCause | undefined {
  const { task, ref, taskQueue } = execution;
  const span = workflowSpan(ref.runId);
  if (task?.state === 'started') {
    const until = task.timer?.at;
    const limit = until === undefined ? '' : `; it times out in ${left(now, until)}`;
    return cause(`worker ${task.identity} has its workflow task, attempt ${task.attempt}${limit}`, {
      span,
      until,
    });
  }
  if (task !== undefined) {
    const queue = state.queues.get(queueKey(ref.namespace, 'workflow', taskQueue.name));
    const who = (queue?.attendants.size ?? 0) > 0 ? 'its workers are busy' : 'no worker polls there';
    return cause(`its workflow task waits on task queue ${taskQueue.name} of ${ref.namespace}: ${who}`, {
      span,
    });
  }
  if (execution.operations.size > 0) return undefined;
  const [timerId, timer] = [...execution.timers].sort(([, a], [, b]) => a.timer.at - b.timer.at)[0] ?? [];
  if (timer === undefined) return undefined;
  return cause(`timer ${timerId ?? ''} of ${ref.workflowId} fires in ${left(now, timer.timer.at)}`, {
    span,
    until: timer.timer.at,
  });
}

function ofOperation(state: Readonly<EngineState>, operation: Operation, now: Instant): WaitingCause {
  const span = operationSpan(operation.ref);
  const name = `${operation.service}.${operation.operation}`;
  if (operation.outboundCall !== undefined) return ofCall(state, operation, operation.outboundCall, now);
  switch (operation.state) {
    case 'BACKING_OFF': {
      const until = operation.nextAttemptScheduleTime;
      const why =
        operation.lastAttemptFailure === undefined ? '' : failureTexts(operation.lastAttemptFailure)[0];
      const when = until === undefined ? '' : ` in ${left(now, until)}`;
      return cause(
        `${name} backs off: attempt ${operation.attempt} failed (${why ?? ''}); the next one sets out${when}`,
        { span, until },
      );
    }
    case 'STARTED':
      return cause(`${name} has started and waits for its completion callback`, {
        span,
        until: operation.timeoutTimers.find(({ state: timer }) => timer === 'set')?.at,
      });
    case 'SCHEDULED':
      return ofAttempt(state, operation, now);
  }
}

function ofAttempt(state: Readonly<EngineState>, operation: Operation, now: Instant): WaitingCause {
  const span = operationSpan(operation.ref);
  const attempt = operation.attempt + 1;
  const name = `attempt ${attempt} of ${operation.service}.${operation.operation}`;
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
  const who = queue.attendants.size > 0 ? 'its workers are busy' : 'no worker polls there';
  return cause(`${name} waits for a worker on task queue ${queue.name} of ${queue.namespace}: ${who}${end}`, {
    span,
    until: deadline,
  });
}

function ofCall(
  state: Readonly<EngineState>,
  operation: Operation,
  call: OutboundCall,
  now: Instant,
): WaitingCause {
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
  const because = group.evidence.map(
    ({ operation: { run }, attempt, type }) => `attempt ${attempt} for ${run.workflowId} failed ${type}`,
  );
  const why = because.length === 0 ? '' : `, because ${because.join(', ')}`;
  switch (breaker.kind) {
    case 'open':
      return `breaker ${way} has been open for ${left(breaker.since, now)}${why}; half-opens in ${left(now, breaker.until)}`;
    case 'half-open':
      return `breaker ${way} is half-open${breaker.probing ? ' and its probe is under way' : ''}${why}`;
    case 'closed':
      return `breaker ${way} is closed again`;
  }
}

const taskOf = (state: Readonly<EngineState>, operation: Operation, attempt: number): NexusTask | undefined =>
  [...state.nexusTasks.values()].find(
    ({ purpose }) =>
      purpose.kind === 'start' &&
      purpose.attempt === attempt &&
      purpose.operation.run.runId === operation.ref.run.runId &&
      purpose.operation.scheduledEventId === operation.ref.scheduledEventId,
  );

/** The running workflow whose callback completes this operation. */
function handlerRun(state: Readonly<EngineState>, operation: Operation): Execution | undefined {
  for (const execution of state.executions.values()) {
    if (isRunning(execution) && execution.callbacks.some(({ callback }) => isFor(callback, operation))) {
      return execution;
    }
  }
  return undefined;
}

function isFor(callback: Execution['callbacks'][number]['callback'], operation: Operation): boolean {
  const header = Object.entries(callback.nexus?.header ?? {});
  const text = header.find(([key]) => key.toLowerCase() === CALLBACK_TOKEN_HEADER)?.[1];
  return readCallbackToken(text ?? '')?.requestId === operation.requestId;
}

const left = (from: Instant, to: Instant): string => formatDuration(between(from, to));

const cause = (
  text: string,
  { span, until }: { readonly span: WaitingCause['span']; readonly until?: Instant | undefined },
): WaitingCause => ({ text, span, ...(until !== undefined && { until }) });
