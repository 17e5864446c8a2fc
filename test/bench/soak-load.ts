import { randomBytes } from 'node:crypto';
import { minutes } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import { GrpcClient, type GrpcAnswer } from '../harness/grpc-client.ts';
import { json } from '../harness/world.ts';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
/** Shorter polls are refused. */
const POLL_MS = 5_000;
/** When a poll is given up that nobody would answer. */
const GIVEN_UP_MS = 20;

export const NAMESPACE = 'soak';
export const ENDPOINT = 'soak-endpoint';
export const HANDLERS = 'handlers';

/** What one operation goes through; they take turns. */
const ends = [
  'sync',
  'async',
  'failed',
  'retried',
  'canceled',
  'vanished-caller',
  'vanished-handler',
] as const;

/** One caller and one handler of another process, with every kind of bad luck. */
export class SoakLane {
  readonly #address: string;
  readonly #queue: string;
  #client: GrpcClient;
  #made = 0;

  constructor(address: string, lane: number) {
    this.#address = address;
    this.#queue = `lane-${lane}`;
    this.#client = new GrpcClient(address, 0);
  }

  /** Makes one operation; what it leaves open ends by itself within the hour. */
  async operate(): Promise<void> {
    const nth = this.#made++;
    const end = ends[nth % ends.length] ?? 'sync';
    const workflowId = `${this.#queue}-${nth}`;
    await this.#call('StartWorkflowExecution', {
      namespace: NAMESPACE,
      workflowId,
      workflowType: { name: 'Soak' },
      taskQueue: { name: this.#queue },
      workflowRunTimeout: minutes(30),
      requestId: workflowId,
    });
    await this.#answerWorkflowTask([schedule(this.#queue)], end === 'vanished-caller');
    if (end !== 'vanished-caller') await this.#handle(end, workflowId);
    if (nth % 3 === 0) await this.#disturb();
  }

  dispose(): void {
    this.#client.dispose();
  }

  async #handle(end: (typeof ends)[number], workflowId: string): Promise<void> {
    const taskToken = await this.#poll('PollNexusTaskQueue', `${HANDLERS}-${this.#queue}`);
    const task = { namespace: NAMESPACE, taskToken, identity: this.#queue };
    switch (end) {
      case 'vanished-handler':
        this.#vanish();
        return;
      case 'failed':
      case 'retried': {
        const type = end === 'failed' ? 'BAD_REQUEST' : 'UNAVAILABLE';
        const failure = { message: 'no', nexusHandlerFailureInfo: { type } };
        await this.#call('RespondNexusTaskFailed', { ...task, failure });
        break;
      }
      default: {
        const startOperation =
          end === 'sync' ? { syncSuccess: { payload: json(1) } } : { asyncSuccess: { operationToken: 't' } };
        await this.#call('RespondNexusTaskCompleted', { ...task, response: { startOperation } });
      }
    }
    const workflowExecution = { workflowId };
    if (end === 'canceled') {
      await this.#call('RequestCancelWorkflowExecution', { namespace: NAMESPACE, workflowExecution });
    }
    // Retried and started operations go on beyond their caller's end, or time out with it.
    if (end === 'retried')
      await this.#call('TerminateWorkflowExecution', { namespace: NAMESPACE, workflowExecution });
    else await this.#answerWorkflowTask([completing], false);
  }

  async #answerWorkflowTask(commands: readonly Command[], vanishes: boolean): Promise<void> {
    const taskToken = await this.#poll('PollWorkflowTaskQueue', this.#queue);
    if (vanishes) this.#vanish();
    else await this.#call('RespondWorkflowTaskCompleted', { namespace: NAMESPACE, taskToken, commands });
  }

  async #poll(method: string, taskQueue: string): Promise<string> {
    const request = { namespace: NAMESPACE, taskQueue: { name: taskQueue }, identity: this.#queue };
    const answer = await this.#call(method, request);
    const { taskToken = '' } = (answer.ok ? answer.value : {}) as { readonly taskToken?: string };
    return taskToken;
  }

  /** Its connection ends, with whatever it had in its hands. */
  #vanish(): void {
    this.#client.dispose();
    this.#client = new GrpcClient(this.#address, 0);
  }

  /** Messages that mean nothing, answers to tasks that are not there, and polls that are given up. */
  async #disturb(): Promise<void> {
    const unknown = { namespace: NAMESPACE, taskToken: 'bm90aGluZw==' };
    await this.#call('StartWorkflowExecution', randomBytes(64));
    await this.#call('RespondNexusTaskCompleted', { ...unknown, response: {} });
    await this.#call('RespondWorkflowTaskCompleted', { ...unknown, commands: [] });
    const given = {
      namespace: NAMESPACE,
      taskQueue: { name: `idle-${this.#made}-${this.#queue}` },
      identity: 'idle',
    };
    const giveUp = AbortSignal.timeout(GIVEN_UP_MS);
    await this.#client.call(`${SERVICE}/PollWorkflowTaskQueue`, given, { abort: giveUp });
  }

  #call(method: string, request: unknown): Promise<GrpcAnswer> {
    return this.#client.call(`${SERVICE}/${method}`, request, { deadlineMs: POLL_MS });
  }
}

const schedule = (queue: string): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: {
    endpoint: `${ENDPOINT}-${queue}`,
    service: 'Soak',
    operation: 'operate',
    input: json({ order: 4711 }),
    scheduleToCloseTimeout: minutes(20),
  },
});

const completing: Command = { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} };
