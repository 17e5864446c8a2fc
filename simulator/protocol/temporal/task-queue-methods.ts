import type { DurationMs, Instant } from '../../base/time.ts';
import type { TaskQueue } from './common.ts';

export type TaskQueueType = 'WORKFLOW' | 'ACTIVITY' | 'NEXUS';

export interface PollerInfo {
  readonly identity: string;
  readonly lastAccessTime: Instant;
  readonly ratePerSecond: number;
}

export interface TaskQueueStats {
  readonly approximateBacklogCount: number;
  readonly approximateBacklogAge: DurationMs;
}

export interface TaskQueueTypeInfo {
  readonly pollers?: readonly PollerInfo[];
  readonly stats?: TaskQueueStats;
}

/** By the number of the enum TaskQueueType. */
export type TypesInfo = Readonly<Record<number, TaskQueueTypeInfo>>;

type Empty = Readonly<Record<string, never>>;

export interface TaskQueueMethods {
  describeTaskQueue: {
    request: {
      readonly namespace?: string;
      readonly taskQueue?: TaskQueue;
      readonly taskQueueType?: TaskQueueType;
      readonly includeTaskQueueStatus?: boolean;
      readonly reportStats?: boolean;
      readonly apiMode?: 'ENHANCED';
      readonly versions?: {
        readonly buildIds?: readonly string[];
        readonly unversioned?: boolean;
        readonly allActive?: boolean;
      };
      readonly taskQueueTypes?: readonly TaskQueueType[];
      readonly reportPollers?: boolean;
      readonly reportTaskReachability?: boolean;
    };
    response: {
      readonly pollers?: readonly PollerInfo[];
      readonly stats?: TaskQueueStats;
      readonly taskQueueStatus?: { readonly backlogCountHint: number; readonly ratePerSecond: number };
      /** By build id; workers without one have the empty text. */
      readonly versionsInfo?: Readonly<
        Record<
          string,
          {
            readonly typesInfo: TypesInfo;
            readonly taskReachability?: 'REACHABLE' | 'UNREACHABLE';
          }
        >
      >;
    };
  };
  recordWorkerHeartbeat: { request: { readonly namespace?: string }; response: Empty };
}
