import { expectDefined } from '../../simulator/base/assert.ts';
import { createPrng } from '../../simulator/base/prng.ts';
import { after, seconds, type DurationMs } from '../../simulator/base/time.ts';
import type { Execution, WorkflowTaskState } from '../../simulator/engine/state.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { NexusResponse } from '../../simulator/protocol/temporal/nexus.ts';
import { RandomWorld } from './vopr/random-world.ts';
import { drawTaste } from './vopr/taste.ts';
import { takeNexusTask, takeWorkflowTask } from './vopr/worker-moves.ts';

const billing = { namespace: 'payments', taskQueue: { name: 'billing' } };
export const retryable = { message: 'no', nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } };

/** One workflow, its commands and its workers, with every invariant checked after every step. */
export class Stage {
  readonly world = new RandomWorld(drawTaste(createPrng('stage')), {
    seed: 1,
    profile: 'server',
    limits: {},
  });

  /** The workflow task that the story is about. */
  watched?: WorkflowTaskState;

  constructor(...commands: Command[]) {
    for (const namespace of ['orders', 'payments']) this.world.ask('registerNamespace', { namespace });
    const worker = { namespace: 'payments', taskQueue: 'billing' };
    this.world.ask('createNexusEndpoint', { spec: { name: 'pay', target: { worker } } });
    this.start('orders', 'order-1');
    this.command(...commands);
  }

  start(namespace: string, workflowId: string, callbackOf?: Stage): void {
    const {
      requestId,
      callback = '',
      callbackHeader = {},
    } = callbackOf?.world.nexusRequests[0]?.startOperation ?? {};
    const header = { ...callbackHeader, 'nexus-operation-token': 'token' };
    this.world.ask('startWorkflowExecution', {
      namespace,
      workflowId,
      workflowType: { name: 'W' },
      taskQueue: { name: namespace },
      ...(requestId !== undefined && {
        requestId,
        completionCallbacks: [{ nexus: { url: callback, header } }],
      }),
    });
  }

  /** Answers the next workflow task of the workflow with these commands. */
  command(...commands: Command[]): void {
    this.answerWorkflow('orders', commands);
  }

  answerWorkflow(namespace: string, commands: readonly Command[]): void {
    takeWorkflowTask(this.world, { namespace, taskQueue: { name: namespace } });
    const taskToken = this.world.workflowTasks.pop()?.token ?? '';
    this.world.ask('respondWorkflowTaskCompleted', { namespace, taskToken, commands });
  }

  signal(): void {
    const workflowExecution = { workflowId: 'order-1' };
    this.world.ask('signalWorkflowExecution', { namespace: 'orders', workflowExecution, signalName: 'go' });
  }

  /** Wakes the workflow and lets it do this. */
  wake(...commands: Command[]): void {
    this.signal();
    this.command(...commands);
  }

  /** Takes the Nexus task that waits; without one, the latest stays in hand. */
  takeNexus(): void {
    if (this.world.engine.nextDeadline !== undefined) takeNexusTask(this.world, billing);
  }

  /** Answers the latest call of this kind, which may long be over; none, if there was none. */
  answer(response: NexusResponse, kind: 'start' | 'cancel' = 'start'): void {
    const taskToken = this.#tokenOf(kind);
    this.world.ask('respondNexusTaskCompleted', { namespace: 'payments', taskToken, response });
  }

  fail(failure = retryable, kind: 'start' | 'cancel' = 'start'): void {
    const taskToken = this.#tokenOf(kind);
    this.world.ask('respondNexusTaskFailed', { namespace: 'payments', taskToken, failure });
  }

  #tokenOf(kind: 'start' | 'cancel'): string {
    const isCancel = kind === 'cancel';
    const found = this.world.nexusTasks.findLast(
      ({ request }) => (request.cancelOperation !== undefined) === isCancel,
    );
    return found?.token ?? '';
  }

  /** Long enough for a first backoff, too short for any timeout. */
  wait(): void {
    this.pass(seconds(1.2));
  }

  pass(duration: DurationMs): void {
    const target = after(this.world.now, duration);
    while (this.world.fireNext(target));
    this.world.moveTo(target);
  }

  get run(): Execution {
    return expectDefined(this.world.runs[0], 'the workflow');
  }

  /** The last event that closed something of this kind, as the state that it leaves behind. */
  closedAs(prefix: string, renamed: Readonly<Record<string, string>> = {}): string {
    const types = this.run.events.map(({ eventType }) => eventType);
    const end = types.findLast((type) =>
      new RegExp(`^${prefix}_(COMPLETED|FAILED|CANCELED|TIMED_OUT)$`).test(type),
    );
    const state = (end ?? 'none').slice(prefix.length + 1);
    return renamed[state] ?? state;
  }
}
