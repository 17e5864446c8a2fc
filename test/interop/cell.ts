// One cell of the table: a caller in one language, a desk in another, and what scenarios do with them.
import { status } from '@grpc/grpc-js';
import { isGrpcServiceError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { untilSome } from '../harness/until.ts';
import { endpointOf, type InteropWorld } from './interop-world.ts';
import type { Language } from './languages.ts';
import type { Call, Job, OperationName, Outcome } from './typescript/contract.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface Parties {
  readonly caller: Language;
  readonly desk: Language;
}

export interface Called {
  readonly outcome: Outcome;
  /** What the caller's history tells of its operation, as `Scheduled` and `CancelRequested`. */
  readonly events: readonly string[];
}

/** What is not said of a call is what one would not mention: no timeouts, nothing cancelled. */
export type Wish = Partial<Omit<Call, 'operation' | 'job'>> & {
  readonly operation: OperationName;
  readonly job?: Partial<Job>;
};

export class Cell {
  readonly world: InteropWorld;
  readonly caller: Language;
  readonly desk: Language;
  readonly #name: string;
  #count = 0;

  /** @param name what tells this scenario's workflow ids from those of others. */
  constructor(world: InteropWorld, { caller, desk }: Parties, name: string) {
    this.world = world;
    this.caller = caller;
    this.desk = desk;
    this.#name = `${name}, ${caller} to ${desk}`;
  }

  /** A workflow id of its own. */
  newId(): string {
    return `${this.#name}, ${++this.#count}`;
  }

  /** Calls one operation of the desk and waits for what comes of it. */
  async call(wish: Wish): Promise<Called> {
    const handle = await this.begin(wish);
    const outcome = (await handle.result()) as Outcome;
    return { outcome, events: await this.nexusEvents(handle) };
  }

  /** Calls one operation of the desk and leaves it at that. */
  begin({ job, ...wish }: Wish): Promise<WorkflowHandle> {
    const input: Call = {
      endpoint: endpointOf(this.desk),
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      cancel: false,
      scheduleToClose: 0,
      scheduleToStart: 0,
      startToClose: 0,
      linger: 0,
      ...wish,
      job: this.job(job),
    };
    return this.startCaller('call', input);
  }

  job(wish: Partial<Job> = {}): Job {
    return { text: '', id: this.newId(), ms: 0, refusal: '', times: 0, path: [], ...wish };
  }

  startCaller(workflow: string, ...args: readonly unknown[]): Promise<WorkflowHandle> {
    const { workflow: workflows } = this.world.callers;
    return workflows.start(workflow, { args: [...args], taskQueue: this.caller, workflowId: this.newId() });
  }

  async nexusEvents(handle: WorkflowHandle): Promise<readonly string[]> {
    return (await historyOf(handle)).flatMap((event) => {
      const [, kind] = /^nexusOperation(\w+)EventAttributes$/.exec(attributesOf(event)) ?? [];
      return kind === undefined ? [] : [kind];
    });
  }

  /** The first event of a run of the desk whose attributes have this name, as soon as there is one. */
  untilDesk(workflowId: string, attributes: string): Promise<HistoryEvent> {
    return untilEvent(this.world.desks, workflowId, attributes);
  }

  /** The same of a run of the caller. */
  untilCaller({ workflowId }: WorkflowHandle, attributes: string): Promise<HistoryEvent> {
    return untilEvent(this.world.callers, workflowId, attributes);
  }
}

async function untilEvent(client: Client, workflowId: string, attributes: string): Promise<HistoryEvent> {
  const handle = client.workflow.getHandle(workflowId);
  const [event] = await untilSome(async () => {
    const events = await historyOf(handle).catch((error: unknown) => {
      if (isGrpcServiceError(error) && error.code === status.NOT_FOUND) return [];
      throw error;
    });
    return events.filter((each) => attributesOf(each) === attributes);
  });
  if (event === undefined) throw new Error(`${workflowId} has no event with ${attributes}`);
  return event;
}

async function historyOf(handle: WorkflowHandle): Promise<readonly HistoryEvent[]> {
  return (await handle.fetchHistory()).events ?? [];
}

/** The one member that a history event has besides those that every event has. */
function attributesOf(event: HistoryEvent): string {
  const [name = ''] = Object.entries(event).flatMap(([key, value]) =>
    key.endsWith('EventAttributes') && value !== null ? [key] : [],
  );
  return name;
}
