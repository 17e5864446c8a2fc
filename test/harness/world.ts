import { encodeText } from '../../simulator/base/base64.ts';
import type { DurationMs } from '../../simulator/base/time.ts';
import { createDriver, type Driver, type DriverOptions } from '../../simulator/driver/driver.ts';
import { MemoryJournal } from '../../simulator/persistence/journal.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { Payload } from '../../simulator/protocol/temporal/common.ts';
import type { Failure } from '../../simulator/protocol/temporal/failure.ts';
import type { EventType, HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type {
  RequestOf,
  ResponseOf,
  TemporalMethod,
  WorkflowTask,
} from '../../simulator/protocol/temporal/methods.ts';
import type { StartWorkflowExecutionRequest } from '../../simulator/protocol/temporal/start-request.ts';
import type { NexusRequest, StartOperationResponse } from '../../simulator/protocol/temporal/nexus.ts';
import type { ServiceError, TemporalPort } from '../../simulator/protocol/temporal/port.ts';

/** What a handler does with one request: answer, fail, or keep silent. */
export type HandlerAnswer =
  | { readonly response: StartOperationResponse }
  | { readonly cancelled: true }
  | { readonly failure: Failure }
  | 'silence';

export type Handler = (request: NexusRequest, nth: number) => HandlerAnswer | Promise<HandlerAnswer>;

/** What a workflow does when it is woken: commands, from its whole history. */
export type WorkflowCode = (history: readonly HistoryEvent[], task: WorkflowTask) => readonly Command[];

/** The simulation DSL: one world, its participants and its story, in a test. */
export class World {
  readonly journal = new MemoryJournal();
  readonly driver: Driver;
  /** Requests that handlers saw, in order. */
  readonly handled: NexusRequest[] = [];

  constructor(options: Partial<DriverOptions> = {}) {
    this.driver = createDriver({
      seed: 1,
      profile: 'server',
      originMs: 0,
      clock: { mode: 'run' },
      journal: this.journal,
      ...options,
    });
  }

  async namespaces(...names: string[]): Promise<this> {
    for (const namespace of names) await this.ask('registerNamespace', { namespace });
    return this;
  }

  async endpoint(name: string, worker: { namespace: string; taskQueue: string }): Promise<this> {
    await this.ask('createNexusEndpoint', { spec: { name, target: { worker } } });
    return this;
  }

  /** Calls the port and expects it to agree. */
  async ask<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<ResponseOf<M>> {
    const reply = await this.driver.call(method, request);
    if (!reply.ok) throw new Error(`${method} was refused: ${reply.error.code} ${reply.error.message}`);
    return reply.value;
  }

  /** Calls the port and expects it to refuse. */
  async refused<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<ServiceError> {
    const reply = await this.driver.call(method, request);
    if (reply.ok) throw new Error(`${method} was not refused but answered ${JSON.stringify(reply.value)}`);
    return reply.error;
  }

  handler(queue: { namespace: string; taskQueue: string }, handle: Handler): this {
    void serveNexus(this.driver, queue, async (request, nth) => {
      this.handled.push(request);
      return handle(request, nth);
    });
    return this;
  }

  workflow(queue: { namespace: string; taskQueue: string }, code: WorkflowCode): this {
    void serveWorkflows(this.driver, queue, code);
    return this;
  }

  async start(request: StartWorkflowExecutionRequest): Promise<string> {
    const { runId } = await this.ask('startWorkflowExecution', request);
    return runId;
  }

  async history(namespace: string, workflowId: string): Promise<readonly HistoryEvent[]> {
    const { history } = await this.ask('getWorkflowExecutionHistory', {
      namespace,
      execution: { workflowId },
    });
    return history.events ?? [];
  }

  settled(): Promise<'idle' | 'horizon'> {
    return this.driver.whenSettled();
  }

  dispose(): void {
    this.driver.dispose();
  }
}

async function serveNexus(
  driver: Driver,
  queue: { namespace: string; taskQueue: string },
  handle: Handler,
): Promise<void> {
  const { namespace } = queue;
  for (let nth = 1; ; nth++) {
    const polled = await driver.call('pollNexusTaskQueue', {
      namespace,
      taskQueue: { name: queue.taskQueue },
    });
    if (!polled.ok) return;
    const { taskToken, request = {} } = polled.value;
    if (taskToken === undefined) continue;
    void answerNexus(driver, { namespace, taskToken }, handle(request, nth));
  }
}

async function answerNexus(
  port: TemporalPort,
  task: { namespace: string; taskToken: string },
  answering: ReturnType<Handler>,
): Promise<void> {
  const answer = await answering;
  if (answer === 'silence') return;
  if ('failure' in answer) await port.call('respondNexusTaskFailed', { ...task, failure: answer.failure });
  else if ('cancelled' in answer) {
    await port.call('respondNexusTaskCompleted', { ...task, response: { cancelOperation: {} } });
  } else {
    await port.call('respondNexusTaskCompleted', { ...task, response: { startOperation: answer.response } });
  }
}

async function serveWorkflows(
  driver: Driver,
  queue: { namespace: string; taskQueue: string },
  code: WorkflowCode,
): Promise<void> {
  const { namespace } = queue;
  for (;;) {
    const polled = await driver.call('pollWorkflowTaskQueue', {
      namespace,
      taskQueue: { name: queue.taskQueue },
    });
    if (!polled.ok) return;
    const task = polled.value;
    if (task.taskToken === undefined) continue;
    if (task.query !== undefined) {
      const events = (task.history?.events ?? []).length;
      await driver.call('respondQueryTaskCompleted', {
        taskToken: task.taskToken,
        completedType: 'ANSWERED',
        queryResult: { payloads: [json(events)] },
      });
      continue;
    }
    const commands = code(task.history?.events ?? [], task);
    await driver.call('respondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      commands,
    });
  }
}

/** A `json/plain` payload, as the SDKs' default converter makes it. */
export const json = (value: unknown): Payload => ({
  metadata: { encoding: encodeText('json/plain') },
  data: encodeText(JSON.stringify(value)),
});

export const typesOf = (history: readonly HistoryEvent[]): EventType[] =>
  history.map(({ eventType }) => eventType);

/** The first event of a type; the test fails when there is none. */
export function eventOf<T extends EventType>(
  history: readonly HistoryEvent[],
  type: T,
): HistoryEvent & { readonly eventType: T } {
  const event = history.find((candidate) => candidate.eventType === type);
  if (event === undefined) throw new Error(`no ${type} in ${typesOf(history).join(', ')}`);
  return event as HistoryEvent & { readonly eventType: T };
}

export const handlerError = (
  type: string,
  retryBehavior?: 'RETRYABLE' | 'NON_RETRYABLE',
): { readonly failure: Failure } => ({
  failure: {
    message: `handler said ${type}`,
    nexusHandlerFailureInfo: { type, ...(retryBehavior !== undefined && { retryBehavior }) },
  },
});

/** Schedules one operation in its first task and ends with the operation's result or failure. */
export const callOnce =
  (operation: {
    readonly endpoint: string;
    readonly service?: string;
    readonly operation?: string;
    readonly scheduleToCloseTimeout?: DurationMs;
    readonly scheduleToStartTimeout?: DurationMs;
    readonly startToCloseTimeout?: DurationMs;
    readonly nexusHeader?: Readonly<Record<string, string>>;
    readonly input?: Payload;
  }): WorkflowCode =>
  (history) => {
    for (const event of history) {
      switch (event.eventType) {
        case 'NEXUS_OPERATION_COMPLETED': {
          const { result } = event.attributes;
          return [
            {
              commandType: 'COMPLETE_WORKFLOW_EXECUTION',
              attributes: { result: { payloads: result === undefined ? [] : [result] } },
            },
          ];
        }
        case 'NEXUS_OPERATION_FAILED':
        case 'NEXUS_OPERATION_CANCELED':
        case 'NEXUS_OPERATION_TIMED_OUT':
          return [
            { commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: event.attributes.failure } },
          ];
        default:
      }
    }
    if (history.some(({ eventType }) => eventType === 'NEXUS_OPERATION_SCHEDULED')) return [];
    const attributes = { service: 'Service', operation: 'operation', ...operation };
    return [{ commandType: 'SCHEDULE_NEXUS_OPERATION', attributes }];
  };
