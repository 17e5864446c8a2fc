import { applyEvent, openTimers } from '../../../simulator/engine/execution/reset-rebuild.ts';
import { newExecution, startedAttributes } from '../../../simulator/engine/execution/start-run.ts';
import { isRunning, type EngineState, type Execution } from '../../../simulator/engine/state.ts';
import type { Turn } from '../../../simulator/engine/turn.ts';
import { limitsOf } from '../../../simulator/protocol/limits.ts';

/** R1: history alone tells what is open in a run. Which run it does not for, and of what. */
export function rebuildProblem(state: EngineState): string | undefined {
  for (const execution of state.executions.values()) {
    if (!isRunning(execution)) continue;
    const [actual, told] = [openIn(execution), toldOpen(state, execution)];
    const different = Object.keys(actual).find((part) => actual[part] !== told[part]);
    if (different === undefined) continue;
    const { workflowId } = execution.ref;
    return `history tells what is open: ${workflowId} has ${different} ${actual[different] ?? ''}, not ${told[different] ?? ''}`;
  }
  return undefined;
}

type Open = Readonly<Record<string, string>>;

/** What is buffered is not history yet. */
function openIn(execution: Execution): Open {
  const { timers, children, activities, operations, buffered, cancelRequested } = execution;
  const unheard = buffered.flatMap(({ body }) => Object.values<unknown>({ ...body.attributes }));
  const isHeard = (id: number): boolean => !unheard.includes(id);
  return {
    timers: listed([...timers.values()].map(({ startedEventId }) => startedEventId).filter(isHeard)),
    children: listed([...children.keys()].filter(isHeard)),
    activities: listed([...activities.keys()].filter(isHeard)),
    operations: listed([...operations.keys()].filter(isHeard)),
    ...(buffered.length === 0 && { cancelRequested: String(cancelRequested) }),
  };
}

function toldOpen(state: EngineState, execution: Execution): Open {
  const turn: Turn = {
    state,
    limits: limitsOf('server'),
    now: execution.startedAt,
    facts: [],
    effects: [],
    transfers: [],
    freedGroups: new Set(),
  };
  const plan = { ...execution.ref, requestId: 'r', attributes: startedAttributes(execution) };
  const copy = newExecution(turn, plan);
  for (const event of execution.events) {
    copy.events.push(event);
    applyEvent(turn, copy, event);
  }
  const timers = [...openTimers(copy).values()].map(
    ({ eventId }) => [eventId, { startedEventId: eventId }] as const,
  );
  const told = {
    ...copy,
    timers: new Map(timers) as unknown as Execution['timers'],
    buffered: execution.buffered,
  };
  return openIn(told);
}

const listed = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join(', ');
