import { byteLength, encodeText } from '../../base/base64.ts';
import { ok } from '../../base/result.ts';
import { after, ms, parseDuration } from '../../base/time.ts';
import { ID_LENGTH_MAX, type CallId } from '../../protocol/ids.ts';
import type { Failure, NexusHandlerErrorRetryBehavior } from '../../protocol/temporal/failure.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import type { DispatchOutcome } from '../../protocol/temporal/nexus-methods.ts';
import type { RequestOf } from '../../protocol/temporal/methods.ts';
import type { DispatchPurpose } from '../fact.ts';
import { record, refuse, replyTo, type MethodHandler, type Turn } from '../turn.ts';
import { handlerFailure } from './failure.ts';
import { enqueueNexusTask, loseNexusTask } from './task.ts';

/*
 * Requests of callers outside (semantics §7): to the workers behind an endpoint, or to those of a task queue. They
 * wait for their answer like a poll for its task; nobody tries them again.
 */

export const dispatchNexusTask: MethodHandler<'dispatchNexusTask'> = (turn, wanted, { call }) => {
  const target = targetOf(turn, wanted);
  const asks = wanted.request?.startOperation === undefined ? 'cancel' : 'start';
  if ('failure' in target) {
    record(turn, { kind: 'nexus-request-refused', asks, outcome: 'namespace_not_found' });
    return ok(target);
  }
  const { request = {}, timeout = turn.limits.dispatchTimeout } = wanted;
  const problem = problemOf(turn, request);
  if (problem !== undefined) return ok({ failure: problem, fromWorker: false });
  const { startOperation, cancelOperation } = request;
  const { service = '', operation = '' } = startOperation ?? cancelOperation ?? {};
  turn.state.waitingCalls.set(call, { kind: 'dispatch' });
  const margin = wanted.timeout === undefined ? ms(0) : turn.limits.dispatchMargin;
  const refusal = enqueueNexusTask(turn, {
    purpose: { kind: 'dispatch', call, asks, service, operation },
    target,
    request: {
      ...request,
      header: inMilliseconds(request.header ?? {}),
      scheduledTime: turn.now,
      ...(target.endpoint !== undefined && { endpoint: target.endpoint }),
    },
    deadline: after(turn.now, ms(Math.max(0, timeout - margin))),
  });
  return refusal && ok({ failure: refusal, fromWorker: false });
};

/** Answers the caller of a request whose task has ended. */
export function settleDispatch(turn: Turn, purpose: DispatchPurpose, outcome: DispatchOutcome): void {
  replyTo(turn, purpose.call, isAnswer(purpose, outcome) ? outcome : emptyOutcome);
}

/** The caller has gone: nobody gets the task any more, and who has it finds it gone. */
export function abandonDispatch(turn: Turn, call: CallId): void {
  for (const task of turn.state.nexusTasks.values()) {
    if (task.purpose.kind === 'dispatch' && task.purpose.call === call) loseNexusTask(turn, task);
  }
  turn.state.waitingCalls.delete(call);
  turn.effects.push({ kind: 'reply', call, reply: refuse('CANCELLED', 'context canceled') });
}

/** Any answer delivers a cancel request (semantics §7.4). */
const isAnswer = ({ asks }: DispatchPurpose, outcome: DispatchOutcome): boolean =>
  asks === 'cancel' || !('response' in outcome) || hasVariant(outcome.response.startOperation ?? {});

const hasVariant = (response: object): boolean =>
  ['syncSuccess', 'asyncSuccess', 'operationError', 'failure'].some((variant) => variant in response);

const emptyOutcome: DispatchOutcome = {
  failure: handlerFailure('INTERNAL', 'empty outcome'),
  fromWorker: true,
};

interface Target {
  readonly namespace: string;
  readonly taskQueue: string;
  /** The endpoint's name. */
  readonly endpoint?: string;
}

type Refused = Extract<DispatchOutcome, { readonly failure: Failure }>;

function targetOf(turn: Turn, wanted: RequestOf<'dispatchNexusTask'>): Target | Refused {
  const { endpointId, namespace = '', taskQueue = '' } = wanted;
  if (endpointId === undefined) {
    if (namespace.length > ID_LENGTH_MAX) return refused('BAD_REQUEST', 'Namespace length exceeds limit.');
    return turn.state.namespaces.has(namespace)
      ? { namespace, taskQueue }
      : refused('NOT_FOUND', `namespace not found: "${namespace}"`);
  }
  const endpoint = turn.state.endpoints.get(endpointId);
  if (endpoint === undefined) return refused('NOT_FOUND', 'nexus endpoint not found', 'NON_RETRYABLE');
  const { name = '', target } = endpoint.spec;
  if (target?.worker === undefined) return refused('BAD_REQUEST', 'invalid endpoint target');
  const worker = { namespace: target.worker.namespace ?? '', taskQueue: target.worker.taskQueue ?? '' };
  return turn.state.namespaces.has(worker.namespace)
    ? { ...worker, endpoint: name }
    : refused('NOT_FOUND', 'invalid endpoint target', 'RETRYABLE');
}

function problemOf(turn: Turn, request: NexusRequest): Failure | undefined {
  const bytes = byteLength(request.startOperation?.payload?.data ?? encodeText(''));
  return bytes > turn.limits.payloadBytesMax
    ? handlerFailure('BAD_REQUEST', 'input exceeds size limit')
    : undefined;
}

/** The operation's own timeout in the form that every SDK reads; what cannot be read stays as it is. */
function inMilliseconds(header: Readonly<Record<string, string>>): Record<string, string> {
  const timeout = parseDuration(header['operation-timeout'] ?? '');
  return timeout === undefined ? { ...header } : { ...header, 'operation-timeout': `${timeout}ms` };
}

function refused(
  type: Parameters<typeof handlerFailure>[0],
  message: string,
  retryBehavior?: NexusHandlerErrorRetryBehavior,
): Refused {
  const nexusHandlerFailureInfo = { type, ...(retryBehavior !== undefined && { retryBehavior }) };
  return { failure: { message, nexusHandlerFailureInfo }, fromWorker: false };
}
