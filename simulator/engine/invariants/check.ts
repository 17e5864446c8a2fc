import type { Instant } from '../../base/time.ts';
import type { EngineState, Execution } from '../state.ts';

/** What breaks an invariant, for the report; `undefined` when it holds. */
export type Check = (state: Readonly<EngineState>, now: Instant) => string | undefined;

/** Finds the first execution for which `problem` says something. */
export const eachExecution =
  (problem: (execution: Execution, state: Readonly<EngineState>) => string | undefined): Check =>
  (state) => {
    for (const execution of state.executions.values()) {
      const found = problem(execution, state);
      if (found !== undefined) return `${execution.ref.namespace}/${execution.ref.workflowId}: ${found}`;
    }
    return undefined;
  };
