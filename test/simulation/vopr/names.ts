import type { Prng } from '../../../simulator/base/prng.ts';
import type { Execution } from '../../../simulator/engine/state.ts';
import { oneIn, pick, pickAny } from '../../harness/draw.ts';
import type { RandomWorld } from './random-world.ts';

/* Few names, so that different moves meet in the same places. */

export const namespaces = ['north', 'south', 'east'] as const;
export const workflowIds = ['a', 'b', 'c', 'd'] as const;
export const caches = ['cache-1', 'cache-2'] as const;
export const workers = ['worker-1', 'worker-2'] as const;
export const operationIds = ['op-1', 'op-2', 'op-3'] as const;
export const operations = ['charge', 'refund', 'quote'] as const;
export const endpointNames = ['north-endpoint', 'south-endpoint', 'east-endpoint', 'spare-endpoint'] as const;

/** Where another process is thought to serve endpoints and callbacks. */
export const OUTSIDE_URL = 'http://127.0.0.1:7243/nexus';

/** Runs that one world has at most of its own accord: children and retries would otherwise go on for ever. */
export const RUNS_MAX = 40;

export const queueOf = (namespace: string): { readonly name: string } => ({ name: `${namespace}-queue` });

export const requestIdOf = (random: Prng): string => `request-${random.below(8)}`;

/** A run that a client speaks of, mostly one that is running. */
export function pickRun(world: RandomWorld, random: Prng): Execution | undefined {
  return pickAny(random, oneIn(random, 6) ? world.runs : world.running);
}

/** As requests name it: often the workflow alone, sometimes the very run, sometimes one that never was. */
export function nameRun(
  random: Prng,
  execution: Execution | undefined,
): {
  readonly namespace: string;
  readonly workflowExecution: { readonly workflowId: string; readonly runId?: string };
} {
  if (execution === undefined) {
    return {
      namespace: pick(random, namespaces),
      workflowExecution: { workflowId: pick(random, workflowIds) },
    };
  }
  const { namespace, workflowId, runId } = execution.ref;
  return { namespace, workflowExecution: { workflowId, ...(oneIn(random, 3) && { runId }) } };
}
