import { jsonPayload } from '../protocol/temporal/payload.ts';
import { assertNever } from '../base/assert.ts';
import { ms, parseDuration, shorter, type DurationMs } from '../base/time.ts';
import { fromNexusLinks, toNexusLinks } from '../protocol/temporal/nexus-link.ts';
import type { NexusTask } from '../protocol/temporal/methods.ts';
import type { NexusRequest, StartOperationRequest } from '../protocol/temporal/nexus.ts';
import { fromServiceError, writeAnswer, type HandlerAnswer } from './handler-answer.ts';
import { decodePayload } from './json.ts';
import { workflowIdOf, writeOperationToken } from './operation-token.ts';
import { answer, runPollLoop, type ParticipantContext } from './participant.ts';
import { fill, type Dynamic } from './template.ts';
import { conflictPolicyOf, optionFields } from './workflow-options.ts';
import type { Behaviour, HandlerFault, SignalBehaviour, Worker, WorkflowBehaviour } from './world.ts';

/** One process of a scripted worker. */
export interface WorkerInstance {
  readonly worker: Worker;
  readonly identity: string;
}

/**
 * Handles the Nexus operations of one task queue as the file says, in the way an SDK's worker does: it polls, and
 * it responds. Settles when the participant has ended.
 */
export function runScriptedWorker(instance: WorkerInstance, context: ParticipantContext): Promise<void> {
  const { worker, identity } = instance;
  const namespace = worker.namespace.value;
  const request = {
    namespace,
    taskQueue: { name: worker.taskQueue.value, kind: 'NORMAL' },
    identity,
  } as const;
  return runPollLoop<NexusTask>(
    {
      poll: (options) => context.port.call('pollNexusTaskQueue', request, options),
      isTask: (task) => task.taskToken !== undefined && task.request !== undefined,
      handle: (task) => handleTask(task, instance, context),
      identity,
    },
    context,
  );
}

async function handleTask(
  task: NexusTask,
  instance: WorkerInstance,
  context: ParticipantContext,
): Promise<void> {
  const { taskToken = '', request = {} } = task;
  const behaviour = behaviourOf(request, instance.worker);
  const after = behaviour?.after ?? ms(0);
  const allowed = timeoutOf(request);
  const patience = allowed === undefined ? after : shorter(after, allowed);
  if (patience > 0) await context.sleeper.sleep(patience, { signal: context.signal });
  // A handler that outlives its request's timeout is not answered for at all; the server has given up by then.
  if (context.signal.cancelled || (allowed !== undefined && after >= allowed)) return;
  const outcome = await outcomeOf(request, behaviour, { instance, context });
  const { method, body } = writeAnswer(outcome, request.capabilities?.temporalFailureResponses ?? false);
  const { worker, identity } = instance;
  const envelope = { namespace: worker.namespace.value, identity, taskToken, ...body };
  await answer(context.port.call(method, envelope), identity, context);
}

function behaviourOf(request: NexusRequest, worker: Worker): Behaviour | undefined {
  const { service = '', operation = '' } = request.startOperation ?? request.cancelOperation ?? {};
  return worker.operations?.find(({ name }) => name.value === `${service}.${operation}`)?.value;
}

function timeoutOf(request: NexusRequest): DurationMs | undefined {
  const entry = Object.entries(request.header ?? {}).find(([key]) => key.toLowerCase() === 'request-timeout');
  return entry === undefined ? undefined : parseDuration(entry[1]);
}

interface Within {
  readonly instance: WorkerInstance;
  readonly context: ParticipantContext;
}

async function outcomeOf(
  request: NexusRequest,
  behaviour: Behaviour | undefined,
  within: Within,
): Promise<HandlerAnswer> {
  const { startOperation, cancelOperation } = request;
  const { service = '', operation = '' } = startOperation ?? cancelOperation ?? {};
  if (behaviour === undefined) {
    const message = `no handler for operation "${operation}" of service "${service}"`;
    return { kind: 'handler-error', type: 'NOT_FOUND', message };
  }
  if (startOperation !== undefined) return start(startOperation, behaviour, within);
  return cancel(cancelOperation?.operationToken ?? cancelOperation?.operationId ?? '', behaviour, within);
}

async function start(
  request: StartOperationRequest,
  behaviour: Behaviour,
  within: Within,
): Promise<HandlerAnswer> {
  switch (behaviour.kind) {
    case 'reply': {
      const reply = fill(behaviour.reply.template, scopeOf(request));
      if (!reply.ok) return { kind: 'handler-error', type: 'INTERNAL', message: reply.error };
      return { kind: 'sync', payload: jsonPayload(reply.value) };
    }
    case 'workflow':
      return startWorkflow(request, behaviour, within);
    case 'signal':
      return sendSignal(request, behaviour, within);
    case 'fail':
      return faultAnswer(behaviour.fail);
    case 'error': {
      const { state, message = `operation ${state}` } = behaviour.error;
      return { kind: 'operation-error', state, message };
    }
    default:
      return assertNever(behaviour);
  }
}

/** As `WorkflowRunOperation` does it (semantics §8.6). */
async function startWorkflow(
  request: StartOperationRequest,
  behaviour: WorkflowBehaviour,
  { instance, context }: Within,
): Promise<HandlerAnswer> {
  const { requestId = '', payload, callback = '', callbackHeader } = request;
  const namespace = instance.worker.namespace.value;
  const workflowId = idFor(request, behaviour);
  if (workflowId === undefined) return noWorkflowId;
  const token = writeOperationToken(namespace, workflowId);
  const links = fromNexusLinks(request.links);
  const header = { ...callbackHeader, 'nexus-operation-id': token, 'nexus-operation-token': token };
  const attached = links.length > 0 ? { links } : {};
  const started = await context.port.call('startWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: behaviour.workflow.value },
    taskQueue: { name: instance.worker.taskQueue.value, kind: 'NORMAL' },
    ...(payload !== undefined && { input: { payloads: [payload] } }),
    identity: instance.identity,
    requestId,
    ...(callback !== '' && { completionCallbacks: [{ nexus: { url: callback, header }, ...attached }] }),
    ...attached,
    ...optionFields(behaviour),
    ...(behaviour.conflict !== undefined && {
      workflowIdConflictPolicy: conflictPolicyOf[behaviour.conflict],
    }),
    ...(behaviour.conflict === 'use-existing' && attachToExisting),
  });
  if (!started.ok) return fromServiceError(started.error);
  return { kind: 'async', token, links: toNexusLinks([started.value.link]) };
}

/** As SDKs ask for it: the running workflow gets this caller's callback, links and request id. */
const attachToExisting = {
  onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
} as const;

const noWorkflowId: HandlerAnswer = {
  kind: 'handler-error',
  type: 'BAD_REQUEST',
  message: 'the workflow id comes out empty',
};

const idFor = (request: StartOperationRequest, { id, workflow }: WorkflowBehaviour): string | undefined =>
  id === undefined ? `${workflow.value}-${request.requestId ?? ''}` : idFrom(id, request);

function idFrom(dynamic: Dynamic, request: StartOperationRequest): string | undefined {
  const id = fill(dynamic.template, scopeOf(request));
  const usable = id.ok && (typeof id.value === 'string' || typeof id.value === 'number') && id.value !== '';
  return usable ? String(id.value) : undefined;
}

async function sendSignal(
  request: StartOperationRequest,
  behaviour: SignalBehaviour,
  { instance, context }: Within,
): Promise<HandlerAnswer> {
  const workflowId = idFrom(behaviour.workflowId, request);
  if (workflowId === undefined) return noWorkflowId;
  const input = behaviour.input === undefined ? undefined : fill(behaviour.input.template, scopeOf(request));
  if (input?.ok === false) return { kind: 'handler-error', type: 'INTERNAL', message: input.error };
  const reply = await context.port.call('signalWorkflowExecution', {
    namespace: instance.worker.namespace.value,
    workflowExecution: { workflowId },
    signalName: behaviour.signal,
    ...(input !== undefined && { input: { payloads: [jsonPayload(input.value)] } }),
    identity: instance.identity,
    ...(request.requestId !== undefined && { requestId: request.requestId }),
  });
  return reply.ok ? { kind: 'sync' } : fromServiceError(reply.error);
}

async function cancel(
  token: string,
  behaviour: Behaviour,
  { instance, context }: Within,
): Promise<HandlerAnswer> {
  if (behaviour.kind !== 'workflow') {
    const message = 'a synchronous operation cannot be canceled';
    return { kind: 'handler-error', type: 'NOT_IMPLEMENTED', message };
  }
  const namespace = instance.worker.namespace.value;
  const workflowId = workflowIdOf(token, namespace);
  if (workflowId === undefined) {
    return {
      kind: 'handler-error',
      type: 'BAD_REQUEST',
      message: 'the operation token is not one of this worker',
    };
  }
  const reply = await context.port.call('requestCancelWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId },
    identity: instance.identity,
  });
  return reply.ok ? { kind: 'canceled-accepted' } : fromServiceError(reply.error);
}

function faultAnswer(fault: HandlerFault): HandlerAnswer {
  const { type, message = `scripted ${type}`, retryable } = fault;
  const behavior =
    retryable === undefined ? {} : ({ retryBehavior: retryable ? 'RETRYABLE' : 'NON_RETRYABLE' } as const);
  return { kind: 'handler-error', type, message, ...behavior };
}

const scopeOf = (request: StartOperationRequest) => (name: string) =>
  name === 'input' ? decodePayload(request.payload) : undefined;
