import type { Instant } from '../base/time.ts';
import type { OperationRef } from './fact.ts';
import {
  cancelRequestsGoOn,
  linesMove,
  operationsFitTheirState,
  probesAreSingle,
} from './invariants/calls.ts';
import { eachExecution, type Check } from './invariants/check.ts';
import {
  callbacksAreDelivered,
  childrenGoOn,
  currentRunsAreCurrent,
  heldTasksExist,
  startedTasksAreKnown,
  waitingCallsWait,
} from './invariants/runs.ts';
import { timersBelong } from './invariants/timers.ts';
import { isRunning, openOperations, type EngineState } from './state.ts';

const eventIdsCount = eachExecution(({ events }) => {
  const index = events.findIndex((event, at) => event.eventId !== at + 1);
  return index < 0 ? undefined : `event ${events[index]?.eventId ?? 0} stands at place ${index + 1}`;
});

const closedRunsOwnNothing = eachExecution((execution) => {
  if (isRunning(execution)) return undefined;
  const { operations, activities, timers, children, task, buffered, firstTaskTimer } = execution;
  const single = [task, firstTaskTimer].filter((thing) => thing !== undefined).length;
  const left = operations.size + activities.size + timers.size + children.size + buffered.length + single;
  return left === 0 ? undefined : `${left} things wait in a run that is ${execution.status}`;
});

const bufferedOnlyDuringTasks = eachExecution(({ buffered, task }) =>
  buffered.length === 0 || task?.state === 'started' ? undefined : `${buffered.length} events are buffered`,
);

const scheduledTasksWait: Check = ({ queues, executions }) => {
  const waiting = new Set<string>();
  for (const queue of queues.values()) {
    if (queue.kind === 'workflow') for (const task of queue.waiting) waiting.add(task);
  }
  for (const { ref, task } of executions.values()) {
    const expected = task?.state === 'scheduled';
    if (waiting.has(ref.runId) !== expected) return `${ref.workflowId}: scheduled is ${expected}`;
  }
  return undefined;
};

/** Once it is closed, nobody waits for what became of an update: everyone has been told. */
const updatesEndWithTheirRun = eachExecution((execution) => {
  for (const { id, state, acceptedEventId, outcome, waits } of execution.updates.values()) {
    const accepted = state === 'accepted' || state === 'completed';
    if (accepted !== acceptedEventId > 0) return `update ${id} is ${state}, event ${acceptedEventId}`;
    if ((state === 'completed') !== (outcome !== undefined)) return `update ${id} is ${state}`;
    if (!isRunning(execution) && state !== 'completed') return `update ${id} is ${state} in a closed run`;
    if (state === 'completed' && waits.size > 0) return `${waits.size} wait for update ${id}, which is over`;
    if (isRunning(execution) && state === 'admitted' && execution.task === undefined)
      return `no workflow task brings update ${id}`;
  }
  return undefined;
});

const pollsTakeTasks: Check = ({ queues }) => {
  for (const { waiting, polls, kind, name, rate } of queues.values()) {
    if (rate === undefined && waiting.size > 0 && polls.size > 0) return `${kind} queue ${name}`;
  }
  return undefined;
};

const queriesAreAskedOnce: Check = ({ queries, queues, waitingCalls }) => {
  for (const { token, queue, call } of queries.values()) {
    if (waitingCalls.get(call)?.kind !== 'query') return `nobody waits for query ${token}`;
    const waits = [...queues.values()].filter(({ waiting }) => waiting.has(token));
    if (waits.some((found) => found !== queue)) return `query ${token} waits in ${waits.length} queues`;
  }
  return undefined;
};

const activitiesHaveTasks: Check = ({ activityTasks, executions, queues }) => {
  const waiting = new Set<string>();
  for (const queue of queues.values()) {
    if (queue.kind === 'activity') for (const task of queue.waiting) waiting.add(task);
  }
  let offered = 0;
  for (const { activities } of executions.values()) {
    for (const { state, token, ref } of activities.values()) {
      const known = activityTasks.get(token)?.scheduledEventId === ref.scheduledEventId;
      if (known !== (state !== 'BACKING_OFF')) return `activity ${ref.scheduledEventId} is ${state}`;
      if (waiting.has(token) !== (state === 'SCHEDULED')) return `task of activity ${ref.scheduledEventId}`;
      if (known) offered++;
    }
  }
  return offered === activityTasks.size
    ? undefined
    : `${activityTasks.size - offered} tasks without activity`;
};

const backoffHasTimer: Check = (world) => {
  for (const { state, backoffTimer, ref } of openOperations(world)) {
    const waits = backoffTimer?.state === 'set';
    if (waits !== (state === 'BACKING_OFF')) return `${nameOf(ref)} is ${state}`;
  }
  return undefined;
};

const scheduledOperationsHaveTask: Check = (world) => {
  const tasks = new Map<string, number>();
  for (const { purpose } of [...world.nexusTasks.values(), ...world.externalCalls.values()]) {
    if (purpose.kind !== 'start') continue;
    const { operation, attempt } = purpose;
    const key = `${operation.run.runId}/${operation.scheduledEventId}/${attempt}`;
    tasks.set(key, (tasks.get(key) ?? 0) + 1);
  }
  for (const { state, attempt, ref, outboundCall } of openOperations(world)) {
    if (state !== 'SCHEDULED' || outboundCall !== undefined) continue;
    const count = tasks.get(`${ref.run.runId}/${ref.scheduledEventId}/${attempt + 1}`) ?? 0;
    if (count !== 1) return `${nameOf(ref)} has ${count}`;
  }
  return undefined;
};

const nameOf = ({ run, scheduledEventId }: OperationRef): string =>
  `${run.namespace}/${run.workflowId}: operation ${scheduledEventId}`;

const standaloneRunsOrIsOver: Check = ({ standalone }) => {
  for (const { operation, status, closedAt, attempt, cancelRequest } of standalone.values()) {
    const name = nameOf(operation.ref);
    if ((status === 'RUNNING') !== (closedAt === undefined)) return `${name} is ${status}`;
    const timers = [operation.backoffTimer, operation.cancellation?.timer, ...operation.timeoutTimers];
    const waiting = timers.filter((timer) => timer?.state === 'set').length;
    const left = waiting + (operation.outboundCall === undefined ? 0 : 1);
    if (status !== 'RUNNING' && left > 0) return `${left} things wait for ${name}, which is ${status}`;
    if (attempt < Math.max(1, operation.attempt)) return `${name} has ${attempt} attempts`;
    if ((cancelRequest === undefined) !== (operation.cancellation === undefined))
      return `${name} and its cancel`;
  }
  return undefined;
};

const latestStandaloneRunsExist: Check = ({ standalone, currentStandalone }) => {
  for (const run of currentStandalone.values()) if (!standalone.has(run)) return run;
  return undefined;
};

const closedRunsExpire: Check = ({ executions, standalone, expiries }) => {
  let closed = 0;
  for (const { ref, status, expiry } of executions.values()) {
    if ((expiry?.state === 'set') !== (status !== 'RUNNING')) return `${ref.workflowId} is ${status}`;
    if (expiry !== undefined) closed++;
  }
  for (const { operation, status, expiry } of standalone.values()) {
    if ((expiry?.state === 'set') !== (status !== 'RUNNING')) return `${nameOf(operation.ref)} is ${status}`;
    if (expiry !== undefined) closed++;
  }
  return closed === expiries.size ? undefined : `${expiries.size} are to expire, ${closed} are closed`;
};

const ticketsAddUp: Check = ({ nexusTasks, externalCalls, outbound }) => {
  const tickets = new Map<string, number>();
  for (const { ticket } of [...nexusTasks.values(), ...externalCalls.values()]) {
    if (ticket !== undefined) tickets.set(ticket.group, (tickets.get(ticket.group) ?? 0) + 1);
  }
  for (const { key, endpoint, inFlight } of outbound.values()) {
    const held = tickets.get(key) ?? 0;
    if (held !== inFlight) return `${endpoint}: ${inFlight} in flight, ${held} tickets`;
  }
  return undefined;
};

const dispatchesAddUp: Check = ({ nexusTasks, dispatches }) => {
  const found = new Map<string, number>();
  for (const { queue } of nexusTasks.values())
    found.set(queue.namespace, (found.get(queue.namespace) ?? 0) + 1);
  for (const namespace of [...found.keys(), ...dispatches.keys()]) {
    const [counted = 0, there = 0] = [dispatches.get(namespace), found.get(namespace)];
    if (counted !== there) return `${namespace}: ${counted} counted, ${there} there`;
  }
  return undefined;
};

const noTimerOverdue: Check = ({ timers }, now) => {
  const next = timers.next();
  return next !== undefined && next.at < now ? `${next.purpose.kind} was due at ${next.at}` : undefined;
};

const operationsCloseOnce = eachExecution(({ events }) => {
  const closed = new Set<number>();
  for (const { eventType, attributes } of events) {
    if (!/^NEXUS_OPERATION_(COMPLETED|FAILED|CANCELED|TIMED_OUT)$/.test(eventType)) continue;
    const id = 'scheduledEventId' in attributes ? attributes.scheduledEventId : 0;
    if (closed.has(id)) return `operation ${id} closed twice`;
    closed.add(id);
  }
  return undefined;
});

/** What must hold after every input, in every world. Checked after every step of the simulation tests. */
export const invariants: ReadonlyMap<string, Check> = new Map([
  ['event ids count from 1 without gaps', eventIdsCount],
  ['a closed run owns nothing that waits', closedRunsOwnNothing],
  ['events are buffered only while a workflow task is in a worker’s hands', bufferedOnlyDuringTasks],
  ['a scheduled workflow task waits in its queue and nowhere else', scheduledTasksWait],
  ['no task waits where a poll waits', pollsTakeTasks],
  ['a query is its client’s, and waits in its queue and nowhere else', queriesAreAskedOnce],
  ['an update comes to its end, with its run at the latest', updatesEndWithTheirRun],
  ['an activity’s task is offered or under way, and it is where its state says', activitiesHaveTasks],
  ['an operation that waits for its next attempt has a timer, and no other has', backoffHasTimer],
  ['a scheduled operation has exactly one start task, or waits in line', scheduledOperationsHaveTask],
  ['as many calls are in flight as there are tasks with a ticket, and not too many', ticketsAddUp],
  ['as many dispatches are counted in a namespace as it has Nexus tasks', dispatchesAddUp],
  ['no timer is overdue', noTimerOverdue],
  ['every timer belongs to what waits for it', timersBelong],
  ['what an operation has is what its state says', operationsFitTheirState],
  ['a cancel request is on its way once, as its state says', cancelRequestsGoOn],
  ['calls that wait stand in the line that their reason names, and the line moves', linesMove],
  ['a half-open breaker has let one probe through, or none', probesAreSingle],
  ['the run that goes on is the current one of its workflow', currentRunsAreCurrent],
  ['a started workflow task is known by its token and has a timeout', startedTasksAreKnown],
  ['what other processes hold is still there', heldTasksExist],
  ['a child goes on, or its parent has heard of its end', childrenGoOn],
  ['a callback is delivered when its run has closed for good', callbacksAreDelivered],
  ['who waits for an answer waits where it comes from', waitingCallsWait],
  ['every operation closes at most once in history', operationsCloseOnce],
  ['a standalone operation runs, or is closed and nothing of it waits', standaloneRunsOrIsOver],
  ['the latest run of a standalone operation is there', latestStandaloneRunsExist],
  ['what has closed expires once, and nothing else does', closedRunsExpire],
]);

/** The first invariant that does not hold, with what breaks it. */
export function firstBroken(state: Readonly<EngineState>, now: Instant): string | undefined {
  for (const [name, check] of invariants) {
    const found = check(state, now);
    if (found !== undefined) return `${name}: ${found}`;
  }
  return undefined;
}
