import { onTestFinished } from 'vitest';
import { seconds, type DurationMs } from '../../../simulator/base/time.ts';
import type { DriverOptions } from '../../../simulator/driver/driver.ts';
import type {
  Command,
  ScheduleNexusOperationAttributes,
} from '../../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../../simulator/protocol/temporal/history.ts';
import type {
  CallbackInfo,
  PendingNexusOperationInfo,
  WorkflowTask,
} from '../../../simulator/protocol/temporal/methods.ts';
import type { StartWorkflowExecutionRequest } from '../../../simulator/protocol/temporal/start-request.ts';
import type { NexusRequest } from '../../../simulator/protocol/temporal/nexus.ts';
import {
  callOnce,
  handlerError,
  json,
  World,
  type Handler,
  type HandlerAnswer,
  type WorkflowCode,
} from '../../harness/world.ts';

/*
 * What the tests of the checklist share: a caller namespace, a handler namespace and an endpoint between them.
 */

export const caller = { namespace: 'orders', taskQueue: 'orders' };
export const target = { namespace: 'payments', taskQueue: 'billing' };
export const order = {
  namespace: 'orders',
  workflowId: 'order-1',
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};

/** A world with both namespaces and the endpoint; it ends with its test. */
export async function stage(options: Partial<DriverOptions> = {}): Promise<World> {
  const world = new World(options);
  onTestFinished(() => world.dispose());
  await world.namespaces('orders', 'payments');
  return world.endpoint('payments-endpoint', target);
}

export const paused = { clock: { mode: 'paused' } } as const;

/** Plays one caller until nothing is left to do, and returns its history. */
export async function play(
  world: World,
  code: WorkflowCode,
  handle?: Handler,
): Promise<readonly HistoryEvent[]> {
  if (handle !== undefined) world.handler(target, handle);
  world.workflow(caller, code);
  await world.start(order);
  await world.settled();
  return world.history('orders', 'order-1');
}

/** Workflow code that makes one call through the endpoint and ends as it does. */
export const call = (options: Omit<Parameters<typeof callOnce>[0], 'endpoint'> = {}): WorkflowCode =>
  callOnce({ endpoint: 'payments-endpoint', ...options });

export const schedule = (attributes: ScheduleNexusOperationAttributes = {}): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint: 'payments-endpoint', service: 'Service', operation: 'operation', ...attributes },
});

export const cancel = (scheduledEventId: number): Command => ({
  commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
  attributes: { scheduledEventId },
});

export const complete = (...values: unknown[]): Command => ({
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: values.map(json) } },
});

/** Workflow code that does nothing for a while and then ends with these commands. */
export const sleepThen =
  (startToFireTimeout: DurationMs, ...commands: Command[]): WorkflowCode =>
  (history) => {
    if (history.some(({ eventType }) => eventType === 'TIMER_FIRED')) return commands;
    if (history.some(({ eventType }) => eventType === 'TIMER_STARTED')) return [];
    return [{ commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout } }];
  };

export const sync = (value: unknown): HandlerAnswer => ({
  response: { syncSuccess: { payload: json(value) } },
});

export const running = (operationToken: string): HandlerAnswer => ({
  response: { asyncSuccess: { operationToken } },
});

/** The next workflow task of a queue; waits until there is one. */
export const takeTask = (world: World, queue = caller): Promise<WorkflowTask> =>
  world.ask('pollWorkflowTaskQueue', {
    namespace: queue.namespace,
    taskQueue: { name: queue.taskQueue },
  });

/** Answers a workflow task of the caller's namespace. */
export async function answerTask(
  world: World,
  { taskToken = '' }: WorkflowTask,
  commands: readonly Command[],
  forceCreateNewWorkflowTask = false,
): Promise<void> {
  const { namespace } = caller;
  await world.ask('respondWorkflowTaskCompleted', {
    namespace,
    taskToken,
    commands,
    forceCreateNewWorkflowTask,
  });
}

/** Starts the caller and answers its first task with these commands; expects to be refused. */
export async function refusedTask(world: World, commands: readonly Command[]): Promise<string> {
  await world.start(order);
  const { taskToken = '' } = await takeTask(world);
  const { namespace } = caller;
  return (await world.refused('respondWorkflowTaskCompleted', { namespace, taskToken, commands })).message;
}

/** The next Nexus task of the handler; waits until there is one. */
export const takeNexusTask = (
  world: World,
): Promise<{ readonly taskToken?: string; readonly request?: NexusRequest }> =>
  world.ask('pollNexusTaskQueue', { namespace: 'payments', taskQueue: { name: 'billing' } });

/** Answers a Nexus task with a start response. */
export async function answerNexusTask(
  world: World,
  { taskToken = '' }: { readonly taskToken?: string },
  answer: HandlerAnswer,
): Promise<void> {
  const task = { namespace: 'payments', taskToken };
  if (answer === 'silence') return;
  if ('failure' in answer) await world.ask('respondNexusTaskFailed', { ...task, failure: answer.failure });
  else if ('cancelled' in answer) {
    await world.ask('respondNexusTaskCompleted', { ...task, response: { cancelOperation: {} } });
  } else {
    await world.ask('respondNexusTaskCompleted', { ...task, response: { startOperation: answer.response } });
  }
}

/** The operations of the caller that describe shows as pending. */
export async function pending(world: World): Promise<readonly PendingNexusOperationInfo[]> {
  const { pendingNexusOperations = [] } = await world.ask('describeWorkflowExecution', {
    namespace: 'orders',
    execution: { workflowId: 'order-1' },
  });
  return pendingNexusOperations;
}

export interface Backing {
  readonly workflowId?: string;
  readonly attach?: true;
  readonly requestId?: string;
  readonly callbackHeader?: Readonly<Record<string, string>>;
}

/** The request that an SDK sends for an operation that a workflow runs. */
export function backingRequest(request: NexusRequest, options: Backing = {}): StartWorkflowExecutionRequest {
  const { requestId = '', callback = '', callbackHeader = {} } = request.startOperation ?? {};
  const { workflowId = 'charge-1', attach } = options;
  return {
    namespace: 'payments',
    workflowId,
    workflowType: { name: 'Charge' },
    taskQueue: { name: 'billing' },
    requestId: options.requestId ?? requestId,
    completionCallbacks: [
      {
        nexus: {
          url: callback,
          header: {
            ...callbackHeader,
            ...options.callbackHeader,
            'nexus-operation-token': `token of ${workflowId}`,
          },
        },
      },
    ],
    ...(attach === true && {
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
    }),
  };
}

/** A handler's answer: the operation is run by a workflow that it has just started. */
export async function startBacking(
  world: World,
  request: NexusRequest,
  options: Backing = {},
): Promise<HandlerAnswer> {
  const reply = await world.driver.call('startWorkflowExecution', backingRequest(request, options));
  if (!reply.ok) return handlerError('INTERNAL', 'NON_RETRYABLE');
  return running(`token of ${options.workflowId ?? 'charge-1'}`);
}

/** A workflow behind every start; cancel requests are taken. */
export const backed =
  (world: World, options: Backing = {}): Handler =>
  (request) =>
    request.cancelOperation === undefined ? startBacking(world, request, options) : { cancelled: true };

/** The callbacks of the workflow behind an operation. */
export async function callbacksOf(world: World, workflowId = 'charge-1'): Promise<readonly CallbackInfo[]> {
  const { callbacks = [] } = await world.ask('describeWorkflowExecution', {
    namespace: 'payments',
    execution: { workflowId },
  });
  return callbacks;
}

/** Ends the workflow behind an operation with this result. */
export async function completeBacking(world: World, value: unknown, workflowId = 'charge-1'): Promise<void> {
  const task = await takeTask(world, target);
  if (task.workflowExecution?.workflowId !== workflowId) throw new Error(`it is not ${workflowId}'s turn`);
  const { taskToken = '' } = task;
  await world.ask('respondWorkflowTaskCompleted', {
    namespace: 'payments',
    taskToken,
    commands: [complete(value)],
  });
}

/** Workflow code that schedules one operation and asks for its cancellation as soon as it has started. */
export const startThenCancel =
  (endpoint: string): WorkflowCode =>
  (history) => {
    const scheduled = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_SCHEDULED');
    if (scheduled === undefined) return [schedule({ endpoint })];
    const types = history.map(({ eventType }) => eventType);
    const asks =
      types.includes('NEXUS_OPERATION_STARTED') && !types.includes('NEXUS_OPERATION_CANCEL_REQUESTED');
    return asks ? [cancel(scheduled.eventId)] : [];
  };

export const nexusTypes = (history: readonly HistoryEvent[]): string[] =>
  history
    .map(({ eventType }) => eventType)
    .filter((type) => type.startsWith('NEXUS_OPERATION'))
    .map((type) => type.replace('NEXUS_OPERATION_', ''));

/** Lets everything that is due now happen, on a clock that stands still. */
export const settle = (world: World): Promise<void> => world.driver.advance(seconds(0));
