/** Callers and handlers of Nexus operations that speak bare gRPC: what they measure is the server. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { seconds } from '../../simulator/base/time.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { RequestOf, ResponseOf } from '../../simulator/protocol/temporal/methods.ts';
import { jsonPayload } from '../../simulator/protocol/temporal/payload.ts';
import { ServiceClient } from './service-client.ts';

const CALLERS = 'bench-callers';
const HANDLERS = 'bench-handlers';
const QUEUE = 'bench';
/** Where a caller's worker is told only what is new, as SDK workers are. */
const STICKY_QUEUE = 'bench-sticky';
/** Keeps a history within one page of a poll. */
const OPERATIONS_PER_WORKFLOW = 25;

const normal = { name: QUEUE };
const sticky = { name: STICKY_QUEUE, kind: 'STICKY', normalName: QUEUE } as const;
const stickyAttributes = {
  workerTaskQueue: sticky,
  scheduleToStartTimeout: seconds(10),
} as const;

const input = jsonPayload('Ada');

export interface LoadResult {
  readonly seconds: number;
  /** Of each operation, from the command that schedules it to the workflow task that tells how it ended. */
  readonly latencies: readonly number[];
}

export interface LoadRequest {
  readonly operations: number;
  /** How many callers work at the same time, each with one operation after the other. */
  readonly inFlight: number;
  /** An `async` operation is a workflow in the handler's namespace, which completes at its first task. */
  readonly style: 'sync' | 'async';
}

interface Caller {
  readonly operations: number;
  ended: number;
  scheduledAt: number | undefined;
  readonly done: () => void;
}

export class RawLoad {
  readonly #ending = new AbortController();
  readonly #connect: () => ServiceClient;
  readonly #requests: ServiceClient;
  #endpoints: readonly string[] = [];
  readonly #callers = new Map<string, Caller>();
  #latencies: number[] = [];
  #style: LoadRequest['style'] = 'sync';
  #polling = 0;
  #scheduled = 0;
  /** Never fulfilled: rejected when a poller cannot go on. */
  readonly #failure: Promise<never>;
  #fail: (problem: unknown) => void = () => undefined;

  private constructor(address: string) {
    this.#connect = () => new ServiceClient(address, this.#ending.signal);
    this.#requests = this.#connect();
    // Every call that runs listens to it.
    setMaxListeners(0, this.#ending.signal);
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
  }

  /** Registers what the load needs, and calls once to be sure that the server knows it. */
  static async open(address: string): Promise<RawLoad> {
    const load = new RawLoad(address);
    for (const namespace of [CALLERS, HANDLERS]) {
      await load.#requests.registerNamespace(namespace);
    }
    load.#endpoints = await load.#requests.registerEndpoints({ namespace: HANDLERS, taskQueue: QUEUE });
    await load.run({ operations: 1, inFlight: 1, style: 'sync' });
    return load;
  }

  async run({ operations, inFlight, style }: LoadRequest): Promise<LoadResult> {
    this.#style = style;
    this.#latencies = [];
    this.#pollWith(inFlight);
    let left = operations;
    const begun = performance.now();
    const slot = async (): Promise<void> => {
      while (left > 0) {
        const share = Math.min(left, OPERATIONS_PER_WORKFLOW, Math.ceil(operations / inFlight));
        left -= share;
        await this.#call(share);
      }
    };
    await Promise.race([Promise.all(Array.from({ length: inFlight }, slot)), this.#failure]);
    return { seconds: (performance.now() - begun) / 1_000, latencies: this.#latencies };
  }

  close(): void {
    this.#ending.abort();
  }

  /** One caller workflow that calls `operations` times. */
  #call(operations: number): Promise<void> {
    const workflowId = randomUUID();
    return new Promise((done, reject) => {
      this.#callers.set(workflowId, { operations, ended: 0, scheduledAt: undefined, done });
      this.#requests.must('startWorkflowExecution', workflow(CALLERS, workflowId)).catch(reject);
    });
  }

  /** As many pollers of each kind as there are callers. */
  #pollWith(pollers: number): void {
    const goOn = (task: ResponseOf<'pollWorkflowTaskQueue'>): Promise<unknown> => this.#goOn(task);
    const callers = { namespace: CALLERS, taskQueue: normal };
    const stickyCallers = { namespace: CALLERS, taskQueue: sticky };
    const handlers = { namespace: HANDLERS, taskQueue: normal };
    for (; this.#polling < pollers; this.#polling++) {
      this.#poll('pollWorkflowTaskQueue', callers, goOn);
      this.#poll('pollWorkflowTaskQueue', stickyCallers, goOn);
      this.#poll('pollNexusTaskQueue', handlers, (task) => this.#handle(task));
      this.#poll('pollWorkflowTaskQueue', handlers, (task) => this.#complete(HANDLERS, task));
    }
  }

  #poll<M extends 'pollWorkflowTaskQueue' | 'pollNexusTaskQueue'>(
    method: M,
    request: RequestOf<M>,
    work: (task: ResponseOf<M>) => Promise<unknown>,
  ): void {
    // A connection of its own: one carries a hundred calls at most.
    const client = this.#connect();
    const again = async (): Promise<void> => {
      while (!this.#isEnding()) {
        const task = await client.ask(method, request);
        if (task.ok) {
          if (task.value.taskToken !== undefined) await work(task.value);
        } else if (!this.#isEnding()) {
          throw new Error(`${method}: ${task.message}`);
        }
      }
    };
    again().catch(this.#fail);
  }

  /** A caller's workflow task: its operation has ended or only started, or it has not called yet. */
  async #goOn(task: ResponseOf<'pollWorkflowTaskQueue'>): Promise<void> {
    const workflowId = task.workflowExecution?.workflowId ?? '';
    const caller = this.#callers.get(workflowId);
    if (caller === undefined) return;
    const { scheduledAt } = caller;
    if (scheduledAt !== undefined && tellsAnEnd(task)) {
      this.#latencies.push(performance.now() - scheduledAt);
      caller.ended += 1;
      caller.scheduledAt = undefined;
    }
    if (caller.ended === caller.operations) {
      await this.#complete(CALLERS, task);
      this.#callers.delete(workflowId);
      caller.done();
      return;
    }
    const commands =
      caller.scheduledAt === undefined ? [scheduleCommand(this.#style, this.#nextEndpoint())] : [];
    caller.scheduledAt ??= performance.now();
    const answer = { namespace: CALLERS, taskToken: task.taskToken ?? '', commands, stickyAttributes };
    // Refused while the server does not know the endpoint everywhere; the task then comes again.
    if (!(await this.#requests.ask('respondWorkflowTaskCompleted', answer)).ok)
      caller.scheduledAt = undefined;
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  #nextEndpoint(): string {
    this.#scheduled += 1;
    return this.#endpoints[this.#scheduled % this.#endpoints.length] ?? '';
  }

  async #handle(task: ResponseOf<'pollNexusTaskQueue'>): Promise<void> {
    const start = task.request?.startOperation;
    const answer = { namespace: HANDLERS, taskToken: task.taskToken ?? '' };
    if (this.#style === 'sync' || start === undefined) {
      await this.#requests.must('respondNexusTaskCompleted', {
        ...answer,
        response: { startOperation: { syncSuccess: { payload: input } } },
      });
      return;
    }
    const workflowId = start.requestId ?? '';
    await this.#requests.must('startWorkflowExecution', {
      ...workflow(HANDLERS, workflowId),
      completionCallbacks: [{ nexus: { url: start.callback ?? '', header: start.callbackHeader ?? {} } }],
    });
    await this.#requests.must('respondNexusTaskCompleted', {
      ...answer,
      response: { startOperation: { asyncSuccess: { operationToken: workflowId } } },
    });
  }

  #complete(namespace: string, task: ResponseOf<'pollWorkflowTaskQueue'>): Promise<unknown> {
    return this.#requests.must('respondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken ?? '',
      commands: [
        { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: { result: { payloads: [input] } } },
      ],
    });
  }
}

const workflow = (namespace: string, workflowId: string): RequestOf<'startWorkflowExecution'> => ({
  namespace,
  workflowId,
  requestId: randomUUID(),
  workflowType: { name: 'Bench' },
  taskQueue: { name: QUEUE },
});

/** Whether an operation has ended since the workflow task before. */
const tellsAnEnd = ({
  history,
  previousStartedEventId: seen = 0,
}: ResponseOf<'pollWorkflowTaskQueue'>): boolean =>
  (history?.events ?? []).some(
    ({ eventId, eventType }) => eventId > seen && eventType === 'NEXUS_OPERATION_COMPLETED',
  );

const scheduleCommand = (operation: string, endpoint: string): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint, service: 'Bench', operation, input },
});
