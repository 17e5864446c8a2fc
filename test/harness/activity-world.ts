import { seconds, type DurationMs } from '../../simulator/base/time.ts';
import type {
  ActivityTask,
  PendingActivityInfo,
} from '../../simulator/protocol/temporal/activity-methods.ts';
import type { Command, ScheduleActivityAttributes } from '../../simulator/protocol/temporal/command.ts';
import type { Failure } from '../../simulator/protocol/temporal/failure.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { World } from './world.ts';

export const namespace = 'orders';
export const queue = { namespace, taskQueue: { name: 'orders' }, identity: 'worker-1' };
const workflowId = 'order-1';
export const startRequest = {
  namespace,
  workflowId,
  workflowType: { name: 'Checkout' },
  taskQueue: queue.taskQueue,
};

/** A world of one workflow and its activities, with a paused clock; the test plays the workers. */
export class ActivityWorld extends World {
  /** Polls the workflow's queue and completes the task with these commands. */
  async answerWorkflowTask(commands: readonly Command[]): Promise<void> {
    const { taskToken = '' } = await this.ask('pollWorkflowTaskQueue', queue);
    await this.ask('respondWorkflowTaskCompleted', { namespace, taskToken, commands });
  }

  /** Polls for an activity. */
  take(): Promise<ActivityTask> {
    return this.ask('pollActivityTaskQueue', queue);
  }

  async fail(task: ActivityTask, failure: Failure = applicationFailure()): Promise<void> {
    const { taskToken = '' } = task;
    await this.ask('respondActivityTaskFailed', { namespace, taskToken, failure, identity: 'w' });
  }

  /** Wakes the workflow. */
  async signal(): Promise<void> {
    await this.ask('signalWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId },
      signalName: 'go',
    });
  }

  events(): Promise<readonly HistoryEvent[]> {
    return this.history(namespace, workflowId);
  }

  async pending(): Promise<readonly PendingActivityInfo[]> {
    const described = await this.ask('describeWorkflowExecution', { namespace, execution: { workflowId } });
    return described.pendingActivities ?? [];
  }
}

export const schedule = (attributes: ScheduleActivityAttributes = {}): Command => ({
  commandType: 'SCHEDULE_ACTIVITY_TASK',
  attributes: {
    activityId: '1',
    activityType: { name: 'Charge' },
    startToCloseTimeout: seconds(10),
    ...attributes,
  },
});

export const applicationFailure = (info: Failure['applicationFailureInfo'] = {}): Failure => ({
  message: 'card declined',
  applicationFailureInfo: info,
});

/** A world in which the workflow has scheduled one activity; its SCHEDULED event is number 5. */
export async function scheduled(
  attributes: ScheduleActivityAttributes = {},
  run: { readonly workflowRunTimeout?: DurationMs } = {},
): Promise<ActivityWorld> {
  const world = new ActivityWorld({ clock: { mode: 'paused' } });
  await world.namespaces(namespace, 'other');
  await world.start({ ...startRequest, ...run });
  await world.answerWorkflowTask([schedule(attributes)]);
  return world;
}
