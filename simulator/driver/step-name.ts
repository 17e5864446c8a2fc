import type { Input } from '../engine/input.ts';
import type { EngineState } from '../engine/state.ts';
import type { Timer } from '../engine/timers.ts';
import type { RunId } from '../protocol/ids.ts';

/** What a step does, as a person reads it: `call startWorkflowExecution`, `timer sleep`. */
export function stepName(input: Input, state: Readonly<EngineState>): string {
  if (input.kind === 'call') return `call ${input.method}`;
  const timer = input.kind === 'timer-due' ? state.timers.next() : undefined;
  return timer === undefined ? input.kind : timerName(timer, state);
}

/** `timer operation-backoff (run of order-1, operation 5)` */
function timerName(timer: Timer, state: Readonly<EngineState>): string {
  const { kind, ...about } = timer.purpose;
  const details = Object.entries(about).map(([key, value]) =>
    key === 'run' ? `run of ${workflowOf(value as RunId, state)}` : `${key} ${String(value)}`,
  );
  return `timer ${kind}${kind === 'sleep' || details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

const workflowOf = (run: RunId, state: Readonly<EngineState>): string =>
  state.executions.get(run)?.ref.workflowId ?? run;
