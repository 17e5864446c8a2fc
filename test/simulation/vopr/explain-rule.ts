import type { Engine } from '../../../simulator/engine/engine.ts';

/** Who waits without a reason that can be told. */
export function explainProblem(engine: Engine): string | undefined {
  for (const { ref, status, task, operations, timers } of engine.state.executions.values()) {
    if (status !== 'RUNNING') continue;
    const run = ref.runId;
    for (const scheduledEventId of operations.keys()) {
      if (engine.explain({ run, scheduledEventId }).length === 0) {
        return `what waits says why: operation ${scheduledEventId} of ${ref.workflowId} does not`;
      }
    }
    const waits = task !== undefined || operations.size + timers.size > 0;
    if (waits && engine.explain({ run }).length === 0)
      return `what waits says why: ${ref.workflowId} does not`;
  }
  return undefined;
}
