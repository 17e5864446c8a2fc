import type { CommandAttributes, CommandType } from '../../../protocol/temporal/command.ts';
import type { UserMetadata } from '../../../protocol/temporal/common.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { EngineState, Execution } from '../../state.ts';
import type { WorkflowUpdate } from '../../update/update-state.ts';
import type { Turn } from '../../turn.ts';

/**
 * What is known while the commands of one workflow task are checked. All are checked before the first one is
 * applied, because one bad command discards them all (semantics §8.5). Each command but a rejection writes one
 * event, so the ids of events to come are known.
 */
export interface CommandCheck {
  readonly state: EngineState;
  readonly limits: Limits;
  readonly execution: Execution;
  /** The id of the event that the command under check would write. */
  eventId: number;
  readonly scheduledOperations: Set<number>;
  readonly cancelledOperations: Set<number>;
  /** Event id → activity id. */
  readonly scheduledActivities: Map<number, string>;
  readonly cancelledActivities: Set<number>;
  /** How many children the commands so far start. */
  startedChildren: number;
  readonly startedTimers: Set<string>;
  readonly cancelledTimers: Set<string>;
  /** Updates whose state the commands so far change. */
  readonly updates: Map<string, WorkflowUpdate['state']>;
}

/** Why a workflow task fails; `cause` is a name of the enum WorkflowTaskFailedCause. */
export interface CommandRefusal {
  readonly cause: string;
  readonly message: string;
  /** The server does not fail the task but ends the workflow. */
  readonly terminates?: true;
}

export interface AppliedCommand<T extends CommandType> {
  readonly attributes: CommandAttributes[T];
  readonly userMetadata?: UserMetadata;
  readonly workflowTaskCompletedEventId: number;
}

/** One kind of command: validate, then apply. `closes` ends the workflow. */
export interface CommandHandler<T extends CommandType> {
  readonly closes?: true;
  check(check: CommandCheck, attributes: CommandAttributes[T]): CommandRefusal | undefined;
  apply(turn: Turn, execution: Execution, command: AppliedCommand<T>): void;
}

export const refuseCommand = (cause: string, message: string): CommandRefusal => ({ cause, message });
