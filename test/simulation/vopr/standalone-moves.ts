import type { Prng } from '../../../simulator/base/prng.ts';
import { minutes, seconds } from '../../../simulator/base/time.ts';
import type { StandaloneOperation } from '../../../simulator/engine/state.ts';
import { oneIn, pick, pickAny, upTo } from '../../harness/draw.ts';
import { endpointNames, namespaces, operationIds, operations, requestIdOf, workers } from './names.ts';
import type { RandomWorld } from './random-world.ts';

/* What clients do with operations that no workflow calls. */

export function startStandalone(world: RandomWorld, random: Prng): void {
  world.ask('startNexusOperationExecution', {
    namespace: pick(random, namespaces),
    operationId: pick(random, operationIds),
    identity: pick(random, workers),
    endpoint: pick(random, endpointNames),
    service: 'Service',
    operation: pick(random, operations),
    requestId: requestIdOf(random),
    ...(oneIn(random, 2) && { scheduleToCloseTimeout: upTo(random, minutes(2)) }),
    ...(oneIn(random, 4) && { scheduleToStartTimeout: upTo(random, seconds(30)) }),
    ...(oneIn(random, 4) && { startToCloseTimeout: upTo(random, seconds(30)) }),
    idConflictPolicy: pick(random, ['FAIL', 'USE_EXISTING']),
    idReusePolicy: pick(random, ['ALLOW_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY', 'REJECT_DUPLICATE']),
  });
}

export const cancelStandalone = (world: RandomWorld, random: Prng): void =>
  void world.ask('requestCancelNexusOperationExecution', asked(world, random));

export const terminateStandalone = (world: RandomWorld, random: Prng): void =>
  void world.ask('terminateNexusOperationExecution', asked(world, random));

export const deleteStandalone = (world: RandomWorld, random: Prng): void =>
  void world.ask('deleteNexusOperationExecution', nameStandalone(world, random));

/** Looks, and then often waits for what comes next. */
export function watchStandalone(world: RandomWorld, random: Prng): void {
  const named = nameStandalone(world, random);
  const seen = world.ask('describeNexusOperationExecution', { ...named, includeOutcome: oneIn(random, 2) });
  const { runId, longPollToken } = seen?.ok === true ? seen.value : {};
  if (runId === undefined || longPollToken === undefined || oneIn(random, 2)) return;
  world.ask('describeNexusOperationExecution', { ...named, runId, longPollToken });
}

export const awaitStandalone = (world: RandomWorld, random: Prng): void =>
  void world.ask('pollNexusOperationExecution', {
    ...nameStandalone(world, random),
    waitStage: pick(random, ['STARTED', 'CLOSED']),
  });

const asked = (world: RandomWorld, random: Prng) => ({
  ...nameStandalone(world, random),
  requestId: requestIdOf(random),
  reason: 'so',
});

/** Often the operation alone, sometimes the very run, sometimes one that never was. */
function nameStandalone(world: RandomWorld, random: Prng) {
  const found = pickAny<StandaloneOperation>(random, [...world.engine.state.standalone.values()]);
  if (found === undefined || oneIn(random, 10)) {
    return { namespace: pick(random, namespaces), operationId: pick(random, operationIds) };
  }
  const { namespace, workflowId, runId } = found.operation.ref.run;
  return { namespace, operationId: workflowId, ...(oneIn(random, 3) && { runId }) };
}
