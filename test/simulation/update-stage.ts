import { expect } from 'vitest';
import { seconds, type DurationMs } from '../../simulator/base/time.ts';
import { firstBroken } from '../../simulator/engine/invariants.ts';
import type { Limits } from '../../simulator/protocol/limits.ts';
import type { NexusClient } from '../../simulator/protocol/nexus-client.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { RequestOf, ResponseOf, WorkflowTask } from '../../simulator/protocol/temporal/methods.ts';
import type { ServiceError } from '../../simulator/protocol/temporal/port.ts';
import type { ProtocolMessage, UpdateOutcome } from '../../simulator/protocol/temporal/update.ts';
import { json, World } from '../harness/world.ts';

/* What the tests of updates share: a workflow, a worker and what they say to each other. */

export const namespace = 'orders';
export const execution = { workflowId: 'order-1' };
const start = {
  namespace,
  ...execution,
  workflowType: { name: 'Checkout' },
  taskQueue: { name: 'orders' },
};
const normal = { namespace, taskQueue: { name: 'orders' }, identity: 'worker-1' };
const cache = { name: 'worker-1-cache', kind: 'STICKY' } as const;
export const stickyAttributes = { workerTaskQueue: cache, scheduleToStartTimeout: seconds(5) };
export const close: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };
export const paid = { success: { payloads: [json('paid')] } };
export const discards = { discardSpeculativeWorkflowTaskWithEvents: true };

export let world: World;

/** What every test ends with: the world is sound. */
export function leave(): void {
  expect(firstBroken(world.driver.state, world.driver.now())).toBeUndefined();
  world.dispose();
}

export type UpdateRequest = RequestOf<'updateWorkflowExecution'>;
type Completion = Partial<RequestOf<'respondWorkflowTaskCompleted'>>;

export const request = (id: string, more: Partial<UpdateRequest> = {}): UpdateRequest => ({
  namespace,
  workflowExecution: execution,
  request: { meta: { updateId: id }, input: { name: 'pay' } },
  ...more,
});
export const update = (
  id: string,
  more: Partial<UpdateRequest> = {},
): Promise<ResponseOf<'updateWorkflowExecution'>> => world.ask('updateWorkflowExecution', request(id, more));
export const refused = (id: string, more: Partial<UpdateRequest> = {}): Promise<ServiceError> =>
  world.refused('updateWorkflowExecution', request(id, more));
export const untilAccepted = { waitPolicy: { lifecycleStage: 'ACCEPTED' } } as const;
export const poll = (): Promise<WorkflowTask> => world.ask('pollWorkflowTaskQueue', normal);
export const pollCache = (): Promise<WorkflowTask> =>
  world.ask('pollWorkflowTaskQueue', { ...normal, taskQueue: cache });
export const complete = (
  task: WorkflowTask,
  more: Completion = {},
): Promise<ResponseOf<'respondWorkflowTaskCompleted'>> =>
  world.ask('respondWorkflowTaskCompleted', { namespace, taskToken: task.taskToken ?? '', ...more });
export const history = (): Promise<readonly HistoryEvent[]> => world.history(namespace, 'order-1');
export const signal = (): Promise<ResponseOf<'signalWorkflowExecution'>> =>
  world.ask('signalWorkflowExecution', { namespace, workflowExecution: execution, signalName: 'go' });

export const accept = (id: string): ProtocolMessage => ({
  id: `${id}/accept`,
  protocolInstanceId: id,
  body: {
    type: 'temporal.api.update.v1.Acceptance',
    message: { acceptedRequestMessageId: `${id}/request`, acceptedRequestSequencingEventId: 4 },
  },
});
export const reject = (id: string, message = 'no money'): ProtocolMessage => ({
  id: `${id}/reject`,
  protocolInstanceId: id,
  body: { type: 'temporal.api.update.v1.Rejection', message: { failure: { message } } },
});
export const finish = (id: string, outcome: UpdateOutcome = paid): ProtocolMessage => ({
  id: `${id}/finish`,
  protocolInstanceId: id,
  body: { type: 'temporal.api.update.v1.Response', message: { meta: { updateId: id }, outcome } },
});

/** A workflow that nobody has worked on yet. */
export async function begun(
  options: {
    readonly limits?: Partial<Limits>;
    readonly nexusClient?: NexusClient;
    readonly workflowStartDelay?: DurationMs;
  } = {},
): Promise<void> {
  const { limits = {}, nexusClient, ...more } = options;
  world = new World({ clock: { mode: 'paused' }, limits, ...(nexusClient !== undefined && { nexusClient }) });
  await world.namespaces(namespace);
  await world.start({ ...start, ...more });
}

/** A workflow whose first task is done. */
export async function resting(limits: Partial<Limits> = {}, more: Completion = {}): Promise<void> {
  await begun({ limits });
  await complete(await poll(), more);
}

/** The task of an update, with a signal that came before a worker took it. */
export async function taskAfterSignal(): Promise<WorkflowTask> {
  await resting();
  void update('u1');
  await signal();
  return poll();
}
