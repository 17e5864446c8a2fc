import type { TaskQueue } from '../../../simulator/engine/state.ts';
import { historyProblem } from './history-rules.ts';
import { Breach, type RandomWorld } from './random-world.ts';
import { spanProblem } from './span-rules.ts';
import { takeActivityTask, takeNexusTask, takeWorkflowTask } from './worker-moves.ts';

/* How every world ends: workers come that do their work, until nothing is left to do. Then nothing may be left over. */

/** Rounds of work after which a world should have come to rest. */
const ROUNDS_MAX = 2_000;

/** Plays the world to its end, and looks at what it leaves behind. */
export function bringToRest(world: RandomWorld): void {
  world.input({ kind: 'faults-cleared' });
  for (let round = 0; ; round++) {
    if (round > ROUNDS_MAX)
      throw new Breach(`every world comes to rest: ${leftOver(world) ?? 'it works on'}`);
    if (serve(world)) continue;
    if (wake(world)) continue;
    const next = world.engine.nextDeadline;
    if (next === undefined) break;
    world.fireNext(next);
  }
  for (const call of [...world.engine.state.waitingCalls.keys()])
    world.input({ kind: 'call-cancelled', call });
  const problem =
    leftOver(world) ??
    firstOf(world.histories, historyProblem) ??
    spanProblem(world.spans, world.spansDropped);
  if (problem !== undefined) throw new Breach(problem);
}

/** Workers take what waits and answer what they have. True when there was something to do. */
function serve(world: RandomWorld): boolean {
  const waiting = [...world.engine.state.queues.values()].filter(
    (queue) => queue.waiting.size > queue.polls.size,
  );
  for (const queue of waiting) take(world, queue);
  const answered = answerAll(world);
  return waiting.length > 0 || answered;
}

function take(world: RandomWorld, { namespace, kind, name }: TaskQueue): void {
  const request = { namespace, taskQueue: { name } };
  switch (kind) {
    case 'workflow':
      takeWorkflowTask(world, request);
      return;
    case 'activity':
      takeActivityTask(world, { ...request, taskQueueMetadata: { maxTasksPerSecond: { value: 1_000 } } });
      return;
    case 'nexus':
      takeNexusTask(world, request);
      return;
  }
}

function answerAll(world: RandomWorld): boolean {
  const workflowTasks = world.workflowTasks.splice(0);
  for (const { namespace, token: taskToken } of workflowTasks) {
    world.ask('respondWorkflowTaskCompleted', {
      namespace,
      taskToken,
      commands: [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION' }],
    });
  }
  const activityTasks = world.activityTasks.splice(0);
  for (const { namespace, token: taskToken } of activityTasks) {
    world.ask('respondActivityTaskCompleted', { namespace, taskToken });
  }
  const nexusTasks = world.nexusTasks.splice(0);
  for (const { namespace, token: taskToken, request } of nexusTasks) {
    const response =
      request.cancelOperation === undefined
        ? { startOperation: { syncSuccess: {} } }
        : { cancelOperation: {} };
    world.ask('respondNexusTaskCompleted', { namespace, taskToken, response });
  }
  const calls = [...world.engine.state.externalCalls.values()];
  for (const { token, purpose } of calls) {
    const response =
      purpose.kind === 'start' ? { startOperation: { syncSuccess: {} } } : { cancelOperation: {} };
    world.input({ kind: 'external-call-ended', token, answer: { response } });
  }
  return workflowTasks.length + activityTasks.length + nexusTasks.length + calls.length > 0;
}

/** Runs that wait for nothing that comes by itself are told to go on, and operations of clients are ended. True when there was one. */
function wake(world: RandomWorld): boolean {
  const idle = world.running.filter(
    ({ task, firstTaskTimer }) => task === undefined && firstTaskTimer === undefined,
  );
  for (const { ref } of idle) {
    world.ask('signalWorkflowExecution', {
      namespace: ref.namespace,
      workflowExecution: { workflowId: ref.workflowId, runId: ref.runId },
      signalName: 'end',
    });
  }
  // Nobody completes what was left to somebody outside, and a namespace that is gone never answers.
  const left = [...world.engine.state.standalone.values()].filter(
    ({ status, operation }) => status === 'RUNNING' && operation.state !== 'SCHEDULED',
  );
  for (const { operation } of left) {
    const { namespace, workflowId: operationId, runId } = operation.ref.run;
    world.ask('terminateNexusOperationExecution', { namespace, operationId, runId });
  }
  return idle.length + left.length > 0;
}

/** What is left of a world in which nothing happens any more, and should not be. */
function leftOver({ engine: { state } }: RandomWorld): string | undefined {
  const groups = [...state.outbound.values()];
  const queues = [...state.queues.values()];
  const counts: Readonly<Record<string, number>> = {
    'running workflows': running(state.executions),
    'running standalone operations': running(state.standalone),
    timers: state.timers.size,
    'Nexus tasks': state.nexusTasks.size,
    'activity tasks': state.activityTasks.size,
    'workflow tasks': state.workflowTasks.size,
    'calls to others': state.externalCalls.size,
    'held tasks': state.held.size,
    'waiting calls': state.waitingCalls.size,
    'calls in flight': groups.reduce((sum, { inFlight }) => sum + inFlight, 0),
    'calls in line': groups.reduce((sum, { waiting, blocked }) => sum + waiting.size + blocked.size, 0),
    'tasks in queues': queues.reduce((sum, { waiting }) => sum + waiting.size, 0),
    'polls in queues': queues.reduce((sum, { polls }) => sum + polls.size, 0),
  };
  const left = Object.entries(counts).find(([, count]) => count !== 0);
  return left && `nothing is left when all is done: ${left[1]} ${left[0]}`;
}

const running = (runs: ReadonlyMap<string, { readonly status: string }>): number =>
  [...runs.values()].filter(({ status }) => status === 'RUNNING').length;

function firstOf<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
