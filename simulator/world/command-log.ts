import type { Command } from '../protocol/temporal/command.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventType, HistoryEvent } from '../protocol/temporal/history.ts';
import type { Json } from './json.ts';
import type { RequestStep } from './step.ts';

export type Outcome = { readonly value: Json } | { readonly failure: Failure };

/** What became of a step; `path` is its place among the steps, such as `2/0`. */
export interface Cell {
  readonly path: string;
  readonly isSkipped: boolean;
  /** The step, if it asks for something: a call, an activity, a child, a signal. */
  readonly request?: RequestStep;
  /** Its command asks for the end of what this other cell asked for. */
  readonly cancels?: Cell;
  /** A request to cancel the workflow does not reach it. */
  readonly isShielded: boolean;
  outcome?: Outcome;
  /** The event of its command, which later events refer to. */
  eventId?: number;
  /** Its command starts a timer. */
  timer?: true;
  /** The id of the child that it starts. */
  workflowId?: string;
  isCancelled?: boolean;
}

const eventOfCommand: Partial<Record<Command['commandType'], EventType>> = {
  START_TIMER: 'TIMER_STARTED',
  CANCEL_TIMER: 'TIMER_CANCELED',
  SCHEDULE_NEXUS_OPERATION: 'NEXUS_OPERATION_SCHEDULED',
  REQUEST_CANCEL_NEXUS_OPERATION: 'NEXUS_OPERATION_CANCEL_REQUESTED',
  SCHEDULE_ACTIVITY_TASK: 'ACTIVITY_TASK_SCHEDULED',
  REQUEST_CANCEL_ACTIVITY_TASK: 'ACTIVITY_TASK_CANCEL_REQUESTED',
  START_CHILD_WORKFLOW_EXECUTION: 'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
  CONTINUE_AS_NEW_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  COMPLETE_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_COMPLETED',
  FAIL_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_FAILED',
  CANCEL_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_CANCELED',
};
const commandEvents: ReadonlySet<string> = new Set(Object.values(eventOfCommand));

/** The commands of a script in the order it made them, and which of them the history knows already. */
export class CommandLog {
  #issued: { readonly command: Command; readonly cell: Cell | undefined }[] = [];
  #matched = 0;
  readonly #byEvent = new Map<number, Cell>();

  get unsent(): readonly Command[] {
    return this.#issued.slice(this.#matched).map(({ command }) => command);
  }

  /** Later events about the command are about the cell. */
  issue(command: Command, cell?: Cell): void {
    this.#issued.push({ command, cell });
  }

  /** Takes back what was not sent yet. */
  withdraw(cell: Cell): void {
    this.#issued = this.#issued.filter((entry) => entry.cell !== cell);
  }

  isCommandEvent(event: HistoryEvent): boolean {
    return commandEvents.has(event.eventType);
  }

  /** Finds the command behind an event. A sentence when there is another one, or none. */
  match(event: HistoryEvent): string | undefined {
    const issued = this.#issued[this.#matched];
    const expected = issued && eventOfCommand[issued.command.commandType];
    if (expected !== event.eventType) {
      return `event ${event.eventId} is ${event.eventType}, but the script's next command makes ${expected ?? 'no event'}`;
    }
    this.#matched++;
    if (issued?.cell !== undefined) {
      issued.cell.eventId = event.eventId;
      this.#byEvent.set(event.eventId, issued.cell);
    }
    return undefined;
  }

  cellOf(eventId: number): Cell | undefined {
    return this.#byEvent.get(eventId);
  }
}
