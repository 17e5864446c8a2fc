import type { DurationMs } from '../../base/time.ts';
import type { Header, Payload, Payloads, UserMetadata } from './common.ts';
import type { Failure } from './failure.ts';

export interface ScheduleNexusOperationAttributes {
  readonly endpoint?: string;
  readonly service?: string;
  readonly operation?: string;
  readonly input?: Payload;
  readonly nexusHeader?: Readonly<Record<string, string>>;
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly scheduleToStartTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
}

/** The command kinds this project understands, with their attributes. Others fail the workflow task by name. */
export interface CommandAttributes {
  readonly START_TIMER: { readonly timerId?: string; readonly startToFireTimeout?: DurationMs };
  readonly CANCEL_TIMER: { readonly timerId?: string };
  readonly COMPLETE_WORKFLOW_EXECUTION: { readonly result?: Payloads };
  readonly FAIL_WORKFLOW_EXECUTION: { readonly failure?: Failure };
  readonly CANCEL_WORKFLOW_EXECUTION: { readonly details?: Payloads };
  readonly RECORD_MARKER: {
    readonly markerName?: string;
    readonly details?: Readonly<Record<string, Payloads>>;
    readonly header?: Header;
    readonly failure?: Failure;
  };
  readonly SCHEDULE_NEXUS_OPERATION: ScheduleNexusOperationAttributes;
  readonly REQUEST_CANCEL_NEXUS_OPERATION: { readonly scheduledEventId?: number };
  readonly UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: {
    readonly searchAttributes?: { readonly indexedFields?: Readonly<Record<string, Payload>> };
  };
  readonly MODIFY_WORKFLOW_PROPERTIES: {
    readonly upsertedMemo?: { readonly fields?: Readonly<Record<string, Payload>> };
  };
}

export type CommandType = keyof CommandAttributes;

/** One entry of `RespondWorkflowTaskCompleted.commands`. */
export type Command = {
  readonly [T in CommandType]: {
    readonly commandType: T;
    readonly attributes?: CommandAttributes[T];
    readonly userMetadata?: UserMetadata;
  };
}[CommandType];
