import { extend } from '../../base/extend.ts';
import { between, formatDuration, type Instant } from '../../base/time.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { NexusRequest } from '../../protocol/temporal/nexus.ts';
import type { NexusTaskPurpose } from '../fact.ts';
import { offer, taskQueue, withdraw } from '../matching/task-queue.ts';
import type { NexusTask, Poll, Ticket } from '../state.ts';
import { handlerFailure } from './failure.ts';
import { mintToken, record, replyTo, type Turn } from '../turn.ts';

/*
 * Nexus tasks (semantics §5.3): sync match only, kept in memory, handed out once. A task that nobody takes, or
 * that its taker does not answer, ends at its deadline in the same way.
 */

/** The namespace of the handler has more to do than it may (semantics §5.2); worth another try. */
const tooManyDispatches = handlerFailure('RESOURCE_EXHAUSTED', 'namespace concurrent poller limit exceeded');

/** Offers a request to the workers of a queue. Returns why that is refused, if it is. */
export function enqueueNexusTask(
  turn: Turn,
  wanted: {
    readonly purpose: NexusTaskPurpose;
    readonly target: { readonly namespace: string; readonly taskQueue: string };
    readonly request: NexusRequest;
    readonly deadline: Instant;
    readonly ticket?: Ticket;
  },
): Failure | undefined {
  const { purpose, target, request, deadline, ticket } = wanted;
  const { dispatches } = turn.state;
  const underWay = dispatches.get(target.namespace) ?? 0;
  const { endpoint } = request;
  if (underWay >= turn.limits.namespaceConcurrentDispatches) {
    const { namespace } = target;
    record(turn, {
      kind: 'nexus-request-refused',
      asks: purpose.kind === 'dispatch' ? purpose.asks : purpose.kind,
      namespace,
      ...(endpoint !== undefined && { endpoint }),
      outcome: 'namespace_concurrency_limited',
    });
    return tooManyDispatches;
  }
  dispatches.set(target.namespace, underWay + 1);
  const token = mintToken(turn, 'nexus-task');
  const task: NexusTask = {
    token,
    purpose,
    queue: taskQueue(turn.state, target.namespace, 'nexus', target.taskQueue),
    request,
    deadline,
    ticket,
    timer: turn.state.timers.set(deadline, { kind: 'nexus-task-deadline', task: token }),
    dispatched: false,
  };
  turn.state.nexusTasks.set(token, task);
  const { namespace, taskQueue: name } = target;
  record(turn, {
    kind: 'nexus-task-queued',
    task: token,
    purpose,
    namespace,
    taskQueue: name,
    ...(endpoint !== undefined && { endpoint }),
  });
  const poll = offer(task.queue, token);
  if (poll !== undefined) dispatchNexusTask(turn, task, poll);
  return undefined;
}

/** Hands the task to a poll. The worker is told how long it has, in the two spellings that SDKs read. */
export function dispatchNexusTask(turn: Turn, task: NexusTask, poll: Poll): void {
  task.dispatched = true;
  if (poll.remote) turn.state.held.set(task.token, poll.identity);
  record(turn, { kind: 'nexus-task-dispatched', task: task.token, identity: poll.identity });
  const left = formatDuration(between(turn.now, task.deadline));
  replyTo(turn, poll.call, {
    taskToken: task.token,
    request: {
      ...task.request,
      header: extend(task.request.header ?? {}, { 'request-timeout': left, 'Request-Timeout': left }),
    },
  });
}

/** The task goes, and with it whatever its answer would have been. */
export function loseNexusTask(turn: Turn, task: NexusTask): void {
  record(turn, { kind: 'nexus-task-lost', task: task.token });
  removeNexusTask(turn, task);
}

/** Takes the task out of the world, whatever became of it. */
export function removeNexusTask(turn: Turn, task: NexusTask): void {
  turn.state.timers.cancel(task.timer);
  turn.state.nexusTasks.delete(task.token);
  turn.state.held.delete(task.token);
  withdraw(task.queue, task.token);
  const { namespace } = task.queue;
  const others = (turn.state.dispatches.get(namespace) ?? 0) - 1;
  if (others > 0) turn.state.dispatches.set(namespace, others);
  else turn.state.dispatches.delete(namespace);
}
