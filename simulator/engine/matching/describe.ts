import { ok } from '../../base/result.ts';
import { between, ms, type Instant } from '../../base/time.ts';
import { ID_LENGTH_MAX, type RunId } from '../../protocol/ids.ts';
import type { RequestOf, ResponseOf } from '../../protocol/temporal/methods.ts';
import type {
  TaskQueueStats,
  TaskQueueType,
  TaskQueueTypeInfo,
  TypesInfo,
} from '../../protocol/temporal/task-queue-methods.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { queueKey, type EngineState, type TaskQueue, type TaskQueueKind } from '../state.ts';
import { refuse, type MethodHandler, type Turn } from '../turn.ts';
import { DEFAULT_RATE_PER_SECOND, pollersOf } from './pollers.ts';

type Request = RequestOf<'describeTaskQueue'>;
type Response = ResponseOf<'describeTaskQueue'>;

/** The kinds of queues, with the numbers that the enum TaskQueueType gives them. */
const types = {
  WORKFLOW: { kind: 'workflow', number: 1 },
  ACTIVITY: { kind: 'activity', number: 2 },
  NEXUS: { kind: 'nexus', number: 3 },
} as const satisfies Record<TaskQueueType, { readonly kind: TaskQueueKind; readonly number: number }>;

/** Of a queue that nobody has spoken of all is told that is true of it: there is nothing. */
export const describeTaskQueue: MethodHandler<'describeTaskQueue'> = (turn, request) => {
  const { namespace = '', taskQueue } = request;
  if (!turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  const name = taskQueue?.name ?? '';
  if (name === '') return refuse('INVALID_ARGUMENT', 'TaskQueue is not set on request.');
  if (name.length > ID_LENGTH_MAX) {
    return refuse('INVALID_ARGUMENT', `taskQueue length exceeds limit of ${ID_LENGTH_MAX}.`);
  }
  if (request.apiMode !== 'ENHANCED') return ok(describeOne(turn, request));
  if (taskQueue?.kind === 'STICKY') {
    return refuse(
      'INVALID_ARGUMENT',
      'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
    );
  }
  return ok({ versionsInfo: describeVersions(turn, request) });
};

function describeOne(turn: Turn, request: Request): Response {
  const queue = queueOf(turn.state, request, request.taskQueueType ?? 'WORKFLOW');
  return {
    pollers: queue === undefined ? [] : pollersOf(queue, turn.now),
    ...(request.reportStats === true && { stats: statsOf(turn, queue) }),
    ...(request.includeTaskQueueStatus === true && {
      taskQueueStatus: {
        backlogCountHint: queue?.waiting.size ?? 0,
        ratePerSecond: queue?.rate?.perSecond ?? DEFAULT_RATE_PER_SECOND,
      },
    }),
  };
}

/** Workers here have no build ids, so whatever there is stands under the empty one. */
function describeVersions(turn: Turn, request: Request): NonNullable<Response['versionsInfo']> {
  const { buildIds = [], unversioned = false, allActive = false } = request.versions ?? {};
  const withNone = buildIds.length === 0 || unversioned || allActive;
  const present = withNone ? [['', typesInfo(turn, request)] as const] : [];
  const absent = buildIds.map((buildId) => [buildId, {}] as const);
  return Object.fromEntries(
    [...present, ...absent].map(([buildId, info]) => [
      buildId,
      {
        typesInfo: info,
        ...(request.reportTaskReachability === true && {
          taskReachability: buildId === '' ? ('REACHABLE' as const) : ('UNREACHABLE' as const),
        }),
      },
    ]),
  );
}

function typesInfo(turn: Turn, request: Request): TypesInfo {
  const { taskQueueTypes: asked = [] } = request;
  const wanted: readonly TaskQueueType[] = asked.length > 0 ? asked.filter(isType) : ['WORKFLOW', 'ACTIVITY'];
  return Object.fromEntries(
    wanted.map((type): [number, TaskQueueTypeInfo] => {
      const queue = queueOf(turn.state, request, type);
      const info = {
        ...(request.reportPollers === true && {
          pollers: queue === undefined ? [] : pollersOf(queue, turn.now),
        }),
        ...(request.reportStats === true && { stats: statsOf(turn, queue) }),
      };
      return [types[type].number, info];
    }),
  );
}

/** A number that no type of queues has stands for itself, as a text. */
const isType = (type: string): type is TaskQueueType => Object.hasOwn(types, type);

function queueOf(state: EngineState, request: Request, type: string): TaskQueue | undefined {
  const { namespace = '', taskQueue: { name = '' } = {} } = request;
  return isType(type) ? state.queues.get(queueKey(namespace, types[type].kind, name)) : undefined;
}

function statsOf({ state, now }: Turn, queue: TaskQueue | undefined): TaskQueueStats {
  const [eldest] = queue?.waiting ?? [];
  const since = eldest === undefined ? undefined : waitingSince(state, eldest);
  return {
    approximateBacklogCount: queue?.waiting.size ?? 0,
    approximateBacklogAge: since === undefined ? ms(0) : between(since, now),
  };
}

/** When a task of a run came into its queue; nobody notes it of a Nexus task, which waits for seconds at most. */
function waitingSince({ executions, activityTasks }: EngineState, task: string): Instant | undefined {
  const execution = executions.get(task as RunId);
  if (execution !== undefined) return execution.task?.scheduledAt;
  const ref = activityTasks.get(task);
  return ref && executions.get(ref.run.runId)?.activities.get(ref.scheduledEventId)?.scheduledAt;
}
