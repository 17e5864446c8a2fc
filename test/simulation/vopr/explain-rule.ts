import type { Engine } from '../../../simulator/engine/engine.ts';
import { STANDALONE } from '../../../simulator/engine/fact.ts';
import { isRunning, type Execution, type Operation } from '../../../simulator/engine/state.ts';

/** Who waits without a reason that can be told. */
export function explainProblem(engine: Engine): string | undefined {
  for (const execution of engine.state.executions.values()) {
    const silent = isRunning(execution) ? silentPart(engine, execution) : silentCallback(engine, execution);
    if (silent !== undefined) {
      return `what waits says why: ${silent} of ${execution.ref.workflowId} does not`;
    }
  }
  for (const [run, { status, operation }] of engine.state.standalone) {
    if (status !== 'RUNNING') continue;
    const untold = engine.explain({ run }).length === 0;
    const silent = untold ? 'it' : silentCancellation(engine, operation) ? 'its cancel request' : undefined;
    if (silent !== undefined) return `what waits says why: standalone operation ${run}: ${silent} does not`;
  }
  return undefined;
}

function silentPart(engine: Engine, execution: Execution): string | undefined {
  const { task, firstTaskTimer, operations, timers, activities, children } = execution;
  const run = execution.ref.runId;
  const isSilent = (scheduledEventId: number): boolean =>
    engine.explain({ run, scheduledEventId }).length === 0;
  for (const [kind, ids] of Object.entries({ operations, activities, children })) {
    const silent = [...ids.keys()].find(isSilent);
    if (silent !== undefined) return `number ${silent} of the ${kind}`;
  }
  const cancelled = [...operations.values()].find((operation) => silentCancellation(engine, operation));
  if (cancelled !== undefined) return `the cancel request of ${cancelled.ref.scheduledEventId}`;
  const open = operations.size + timers.size + activities.size + children.size;
  const waits = task !== undefined || firstTaskTimer !== undefined || open > 0;
  return waits && engine.explain({ run }).length === 0 ? 'the run' : undefined;
}

/** A cancel request that has not been delivered is told with its operation. */
function silentCancellation(engine: Engine, { ref, cancellation }: Operation): boolean {
  if (cancellation === undefined || cancellation.state === 'SUCCEEDED' || cancellation.state === 'FAILED')
    return false;
  const { run, scheduledEventId } = ref;
  const [own] = engine.explain({
    run: run.runId,
    ...(scheduledEventId !== STANDALONE && { scheduledEventId }),
  });
  return own?.text.includes('cancel request') !== true;
}

/** A completion that has still to be delivered. */
function silentCallback(engine: Engine, { ref, callbacks }: Execution): string | undefined {
  const waiting = callbacks.filter(({ state }) => state === 'SCHEDULED' || state === 'BACKING_OFF');
  const told = engine.explain({ run: ref.runId });
  return told.length < waiting.length ? 'a callback' : undefined;
}
