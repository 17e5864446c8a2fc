import type { DurationMs } from '../../base/time.ts';
import type {
  ActivityType,
  Header,
  Payload,
  Payloads,
  RetryPolicy,
  TaskQueue,
  UserMetadata,
} from './common.ts';
import type { Failure } from './failure.ts';
import type { RunCommandAttributes } from './run-command.ts';
import type { ProtocolMessage } from './update.ts';

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

/** Eager execution is a wish that the server may leave unfulfilled, and this one does. */
export interface ScheduleActivityAttributes {
  readonly activityId?: string;
  readonly activityType?: ActivityType;
  readonly taskQueue?: TaskQueue;
  readonly header?: Header;
  readonly input?: Payloads;
  readonly scheduleToCloseTimeout?: DurationMs;
  readonly scheduleToStartTimeout?: DurationMs;
  readonly startToCloseTimeout?: DurationMs;
  readonly heartbeatTimeout?: DurationMs;
  readonly retryPolicy?: RetryPolicy;
}

/** The command kinds this project understands, with their attributes. Others fail the workflow task by name. */
export interface CommandAttributes extends RunCommandAttributes {
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
  /** When the message of this id is read, among the other commands. */
  readonly PROTOCOL_MESSAGE: { readonly messageId?: string; readonly message?: ProtocolMessage };
  readonly SCHEDULE_NEXUS_OPERATION: ScheduleNexusOperationAttributes;
  readonly SCHEDULE_ACTIVITY_TASK: ScheduleActivityAttributes;
  readonly REQUEST_CANCEL_ACTIVITY_TASK: { readonly scheduledEventId?: number };
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
