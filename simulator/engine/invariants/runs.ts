import { startedAttributes } from '../execution/start-run.ts';
import { isRunning, workflowKey, type EngineState, type Execution } from '../state.ts';
import { eachExecution, type Check } from './check.ts';

/* Runs of one workflow, their parents and children, and who waits for them. */

export const currentRunsAreCurrent: Check = ({ executions, currentRuns }) => {
  for (const [key, runId] of currentRuns) {
    const run = executions.get(runId);
    if (run === undefined) return `the current run ${runId} is not there`;
    if (workflowKey(run.ref.namespace, run.ref.workflowId) !== key)
      return `run ${runId} is another workflow's`;
  }
  for (const execution of executions.values()) {
    const { namespace, workflowId, runId } = execution.ref;
    if (isRunning(execution) && currentRuns.get(workflowKey(namespace, workflowId)) !== runId) {
      return `${namespace}/${workflowId} runs and is not the current run`;
    }
  }
  return undefined;
};

/** A started workflow task is known by its token, and ends by itself. */
export const startedTasksAreKnown: Check = ({ workflowTasks, executions }) => {
  let started = 0;
  for (const { ref, task } of executions.values()) {
    if (task?.state !== 'started') continue;
    started++;
    if (workflowTasks.get(task.token) !== ref.runId)
      return `the task of ${ref.workflowId} has an unknown token`;
    if (task.timer?.state !== 'set') return `the task of ${ref.workflowId} has no timeout`;
  }
  return workflowTasks.size === started
    ? undefined
    : `${workflowTasks.size} tokens for ${started} workflow tasks`;
};

/** What a worker of another process is waited for is still to be had from it. */
export const heldTasksExist: Check = (state) => {
  const { nexusTasks, externalCalls, workflowTasks, activityTasks, queries } = state;
  for (const token of state.held.keys()) {
    if (nexusTasks.get(token)?.dispatched === true || externalCalls.has(token) || queries.has(token))
      continue;
    if (workflowTasks.get(token) === undefined && activityTasks.get(token) === undefined)
      return `the token ${token} stands for nothing`;
  }
  return undefined;
};

/** C1: a child that has started goes on somewhere, or its parent has heard of its end. */
export const childrenGoOn = eachExecution((parent, state) => {
  for (const { initiatedEventId, namespace, workflowId, runId } of parent.children.values()) {
    if (runId === undefined) return `child ${initiatedEventId} has not been started`;
    const current = state.currentRuns.get(workflowKey(namespace, workflowId));
    const run = current === undefined ? undefined : state.executions.get(current);
    const goesOn =
      run !== undefined && isRunning(run) && startedAttributes(run).firstExecutionRunId === runId;
    // How a run ended that is forgotten nobody can say; its parent was told in the very turn it closed.
    const isForgotten = !state.executions.has(runId);
    if (goesOn || isForgotten || isFromReset(parent) || isEndedByReset(state, runId)) continue;
    return `child ${initiatedEventId}, ${workflowId}, has ended unheard`;
  }
  return undefined;
});

/** Its history may have a child that ended while nobody listened; it will never hear of that, as on the server. */
const isFromReset = ({ events }: Execution): boolean =>
  events.some(
    ({ eventType, attributes }) =>
      eventType === 'WORKFLOW_TASK_FAILED' && attributes.cause === 'RESET_WORKFLOW',
  );

/** A reset of another run of its workflow put that one in the child's place; the server tells no parent of that. */
const isEndedByReset = ({ executions }: Readonly<EngineState>, firstRun: string): boolean =>
  [...executions.values()].some(
    (run) => startedAttributes(run).firstExecutionRunId === firstRun && isClosedByReset(run),
  );

const isClosedByReset = ({ events }: Execution): boolean => {
  const { attributes } = events.at(-1) ?? {};
  return attributes !== undefined && 'identity' in attributes && attributes.identity === 'history-resetter';
};

/** A callback waits as long as its run or its update does, and is then delivered: at once, on a timer, or by a call to outside. */
export const callbacksAreDelivered = eachExecution((execution, { externalCalls }) => {
  for (const [index, { state, timer, update, outcome }] of execution.callbacks.entries()) {
    const isOver = outcome !== undefined || execution.updates.get(update?.id ?? '')?.state === 'completed';
    if (isRunning(execution) && (state === 'STANDBY') === isOver)
      return `callback ${index} of a running workflow is ${state}`;
    const calls = [...externalCalls.values()].filter(
      ({ purpose: call }) =>
        call.kind === 'callback' && call.run.runId === execution.ref.runId && call.index === index,
    );
    if (calls.length > 0 && state !== 'SCHEDULED') return `callback ${index} is ${state} and under way`;
    const ways = calls.length + (timer?.state === 'set' ? 1 : 0);
    const waits = state === 'SCHEDULED' || state === 'BACKING_OFF';
    if (ways !== (waits ? 1 : 0)) return `callback ${index} is ${state} and goes on ${ways} times`;
    const isTakenOver = update === undefined ? hasFollower(execution) : isClosedByReset(execution);
    if (state === 'STANDBY' && !isRunning(execution) && !isTakenOver) return `callback ${index} is left`;
  }
  return undefined;
});

/** Another run has taken its place, and its callbacks over. */
const hasFollower = (execution: Execution): boolean => {
  const { attributes } = execution.events.at(-1) ?? {};
  return isClosedByReset(execution) || (attributes !== undefined && 'newExecutionRunId' in attributes);
};

/** Who waits for an answer waits where it comes from, and nobody else does. */
export const waitingCallsWait: Check = (state) => {
  const { waitingCalls, nexusTasks, queues, executions, standalone, queries } = state;
  let elsewhere = 0;
  for (const waiting of waitingCalls.values()) {
    switch (waiting.kind) {
      case 'poll':
        if (waiting.poll.queue.polls.get(waiting.poll.call) === undefined) return 'a poll waits nowhere';
        elsewhere++;
        break;
      case 'history':
        if (executions.get(waiting.wait.run)?.waits.get(waiting.wait.call) === undefined)
          return 'a reader waits nowhere';
        elsewhere++;
        break;
      case 'standalone':
        if (standalone.get(waiting.wait.run)?.waits.get(waiting.wait.call) === undefined)
          return 'a watcher waits nowhere';
        elsewhere++;
        break;
      case 'query':
        if (queries.get(waiting.query.token) !== waiting.query) return 'a query waits nowhere';
        break;
      case 'dispatch':
        elsewhere++;
        break;
      case 'update': {
        const { wait } = waiting;
        if (executions.get(wait.run)?.updates.get(wait.update)?.waits.has(wait) !== true)
          return 'a client waits for no update';
        break;
      }
      case 'sleep':
        if (waiting.timer.state !== 'set') return 'a sleeper is not woken';
    }
  }
  let waiting = 0;
  for (const { polls } of queues.values()) waiting += polls.size;
  for (const { purpose } of nexusTasks.values()) if (purpose.kind === 'dispatch') waiting++;
  for (const { waits } of [...executions.values(), ...standalone.values()]) waiting += waits.size;
  return waiting === elsewhere ? undefined : `${waiting - elsewhere} answered calls still wait`;
};
