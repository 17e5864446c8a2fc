import type { Instant } from '../base/time.ts';
import type { RunId, RunRef, WorkflowId, NamespaceName } from '../protocol/ids.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type {
  CallbackInfo,
  DescribeWorkflowExecutionResponse,
  PendingNexusOperationInfo,
  WorkflowTask,
} from '../protocol/temporal/methods.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { intercept } from './intercept.ts';

/** One run as the server tells of it. */
export interface ReadRun {
  readonly run: RunRef;
  readonly events: readonly HistoryEvent[];
  readonly described: { readonly at: Instant } & Partial<DescribeWorkflowExecutionResponse>;
}

/** A run as far as it was read last. Answers come from the wire, where zeros and empty lists are left out. */
interface Known {
  readonly run: RunRef;
  at: Instant;
  events: readonly HistoryEvent[];
  described: Partial<DescribeWorkflowExecutionResponse>;
  /** Nothing can happen to it any more, nor because of it. */
  isOver: boolean;
}

/**
 * The runs that a world brought about: those that it starts, those whose tasks its workers get, and those that these
 * lead to. Nothing else on the server is looked at.
 */
export class Runs {
  readonly #port: TemporalPort;
  readonly #now: () => Instant;
  readonly #known = new Map<string, Known>();
  /** Calls that are on their way and change something. */
  #calls = 0;

  constructor(port: TemporalPort, now: () => Instant) {
    this.#port = port;
    this.#now = now;
  }

  /** The port through which the world is played; it tells which runs there are. */
  get port(): TemporalPort {
    const counted: TemporalPort = {
      call: async (method, request, options) => {
        if (method.startsWith('poll')) return this.#port.call(method, request, options);
        this.#calls += 1;
        try {
          return await this.#port.call(method, request, options);
        } finally {
          this.#calls -= 1;
        }
      },
    };
    return intercept(counted, {
      startWorkflowExecution: async (request, options) => {
        const reply = await counted.call('startWorkflowExecution', request, options);
        if (reply.ok) this.#note(request.namespace, request.workflowId, reply.value.runId);
        return reply;
      },
      pollWorkflowTaskQueue: async (request, options) => {
        const reply = await counted.call('pollWorkflowTaskQueue', request, options);
        if (reply.ok) this.#noteTask(request.namespace, reply.value);
        return reply;
      },
    });
  }

  /** Reads what changed, and tells whether anything can still happen by itself. */
  async isAtRest(): Promise<boolean> {
    const seen = this.#known.size;
    let atRest = this.#calls === 0;
    for (const known of [...this.#known.values()]) {
      if (known.isOver) continue;
      await this.#read(known);
      if (isMoving(known)) atRest = false;
    }
    return atRest && this.#calls === 0 && this.#known.size === seen;
  }

  /** Everything that there is to know of them, in the order in which they became known. */
  async readAll(): Promise<readonly ReadRun[]> {
    for (const known of [...this.#known.values()]) await this.#read(known);
    return [...this.#known.values()].map(({ run, events, described, at }) => ({
      run,
      events,
      described: { at, ...described },
    }));
  }

  /** Ends what still runs. */
  async terminate(reason: string): Promise<void> {
    for (const { run, described } of this.#known.values()) {
      if (described.workflowExecutionInfo?.status !== 'RUNNING') continue;
      const { namespace, workflowId, runId } = run;
      const workflowExecution = { workflowId, runId };
      await this.#port.call('terminateWorkflowExecution', { namespace, workflowExecution, reason });
    }
  }

  #noteTask(namespace: string | undefined, { workflowExecution = {} }: WorkflowTask): void {
    if (workflowExecution.runId !== undefined) {
      this.#note(namespace, workflowExecution.workflowId, workflowExecution.runId);
    }
  }

  #note(namespace = '', workflowId = '', runId = ''): void {
    if (this.#known.has(runId)) return;
    const run: RunRef = {
      namespace: namespace as NamespaceName,
      workflowId: workflowId as WorkflowId,
      runId: runId as RunId,
    };
    this.#known.set(runId, { run, isOver: false, at: this.#now(), events: [], described: {} });
  }

  async #read(known: Known): Promise<void> {
    const { namespace, workflowId, runId } = known.run;
    const execution = { workflowId, runId };
    const described = await this.#port.call('describeWorkflowExecution', { namespace, execution });
    if (!described.ok) return;
    known.described = described.value;
    known.at = this.#now();
    const { status, historyLength } = described.value.workflowExecutionInfo;
    if (historyLength !== known.events.length) known.events = await this.#events(known);
    known.isOver = status !== 'RUNNING' && !(described.value.callbacks ?? []).some(isUndelivered);
    for (const event of known.events) this.#follow(event, known.run);
  }

  async #events({ run }: Known): Promise<readonly HistoryEvent[]> {
    const { namespace, workflowId, runId } = run;
    const events: HistoryEvent[] = [];
    let nextPageToken = '';
    do {
      const page = await this.#port.call('getWorkflowExecutionHistory', {
        namespace,
        execution: { workflowId, runId },
        ...(nextPageToken !== '' && { nextPageToken }),
      });
      if (!page.ok) break;
      events.push(...(page.value.history.events ?? []));
      nextPageToken = page.value.nextPageToken ?? '';
    } while (nextPageToken !== '');
    return events;
  }

  /** What the history leads to and no worker of the world may have heard of yet. */
  #follow(event: HistoryEvent, { namespace, workflowId }: RunRef): void {
    if (event.eventType === 'CHILD_WORKFLOW_EXECUTION_STARTED') {
      const { namespace: other, workflowExecution } = event.attributes;
      this.#note(other, workflowExecution.workflowId, workflowExecution.runId);
    }
    const { newExecutionRunId } = event.attributes as { readonly newExecutionRunId?: string };
    if (newExecutionRunId !== undefined && newExecutionRunId !== '') {
      this.#note(namespace, workflowId, newExecutionRunId);
    }
  }
}

const isUndelivered = ({ state }: Partial<CallbackInfo>): boolean =>
  state !== undefined && state !== 'SUCCEEDED' && state !== 'FAILED';

/** Whether an open run goes on without anybody doing something about it. */
function isMoving({ events, described }: Known): boolean {
  const { executionConfig, pendingActivities = [], pendingNexusOperations = [], callbacks = [] } = described;
  const { workflowRunTimeout = 0, workflowExecutionTimeout = 0 } = executionConfig ?? {};
  if (described.workflowExecutionInfo?.status !== 'RUNNING') return callbacks.some(isUndelivered);
  return (
    workflowRunTimeout > 0 ||
    workflowExecutionTimeout > 0 ||
    pendingActivities.length > 0 ||
    pendingNexusOperations.some(isCallMoving) ||
    isTaskOpen(events) ||
    isTimerOpen(events)
  );
}

/** A call that has started and has no timeout waits for its handler. */
function isCallMoving(call: Partial<PendingNexusOperationInfo>): boolean {
  const { state, scheduleToCloseTimeout = 0, startToCloseTimeout = 0, cancellationInfo } = call;
  const isCanceling = cancellationInfo?.state === 'SCHEDULED' || cancellationInfo?.state === 'BACKING_OFF';
  return state !== 'STARTED' || scheduleToCloseTimeout > 0 || startToCloseTimeout > 0 || isCanceling;
}

const isTaskOpen = (events: readonly HistoryEvent[]): boolean =>
  events.findLast(({ eventType }) => eventType.startsWith('WORKFLOW_TASK_'))?.eventType !==
  'WORKFLOW_TASK_COMPLETED';

function isTimerOpen(events: readonly HistoryEvent[]): boolean {
  const open = new Set<number>();
  for (const event of events) {
    if (event.eventType === 'TIMER_STARTED') open.add(event.eventId);
    if (event.eventType === 'TIMER_FIRED' || event.eventType === 'TIMER_CANCELED') {
      open.delete(event.attributes.startedEventId);
    }
  }
  return open.size > 0;
}
