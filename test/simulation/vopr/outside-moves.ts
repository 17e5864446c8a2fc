import type { Prng } from '../../../simulator/base/prng.ts';
import { seconds } from '../../../simulator/base/time.ts';
import type { OpenExternalCall } from '../../../simulator/engine/state.ts';
import { callError, type ExternalAnswer } from '../../../simulator/protocol/nexus-client.ts';
import { oneIn, pick, pickAny, upTo } from '../../harness/draw.ts';
import { json } from '../../harness/world.ts';
import { namespaces, operations, OUTSIDE_URL, queueOf, requestIdOf } from './names.ts';
import { randomHandlerError, randomOperationError } from './nexus-moves.ts';
import type { RandomWorld } from './random-world.ts';

/* What other processes do: they answer calls, or never do, and complete operations that they were asked for. */

export function answerCall(world: RandomWorld, random: Prng): void {
  const call = pickAny(random, [...world.engine.state.externalCalls.values()]);
  if (call === undefined) return;
  const answer = oneIn(random, 3) ? badAnswer(random) : goodAnswer(random, call);
  world.input({ kind: 'external-call-ended', token: call.token, answer });
}

/** In time, too early, too late or twice. */
export function completeOperation(world: RandomWorld, random: Prng): void {
  const { startOperation } = pickAny(random, world.nexusRequests) ?? {};
  world.ask('completeNexusOperation', {
    token: startOperation?.callbackHeader?.['temporal-callback-token'] ?? 'forged',
    completion: {
      operationToken: `token-${random.below(9)}`,
      ...pick(random, [
        { state: 'succeeded', result: json(random.below(100)) },
        { state: 'failed', failure: { message: 'no' } },
        { state: 'canceled', failure: { message: 'no' } },
      ] as const),
    },
  });
}

/** A caller outside: of an endpoint, or of a task queue. It waits for its answer. */
export function askForOperation(world: RandomWorld, random: Prng): void {
  const namespace = pick(random, namespaces);
  const endpoint = pickAny(random, [...world.engine.state.endpoints.values()]);
  const named = { service: 'Service', operation: pick(random, operations) };
  world.ask('dispatchNexusTask', {
    ...(endpoint !== undefined && oneIn(random, 2)
      ? { endpointId: endpoint.id }
      : { namespace, taskQueue: queueOf(namespace).name }),
    ...(oneIn(random, 2) && { timeout: upTo(random, seconds(20)) }),
    request: oneIn(random, 4)
      ? { cancelOperation: { ...named, operationToken: 'token' } }
      : { startOperation: { ...named, requestId: requestIdOf(random), callback: OUTSIDE_URL } },
  });
}

const badAnswer = (random: Prng): ExternalAnswer =>
  oneIn(random, 2)
    ? { failure: callError('connection refused') }
    : pick<ExternalAnswer>(random, [{ failure: randomHandlerError(random) }, { response: {} }]);

/** Of someone who does what was asked. */
function goodAnswer(random: Prng, { purpose }: OpenExternalCall): ExternalAnswer {
  switch (purpose.kind) {
    case 'callback':
      return { response: {} };
    case 'cancel':
      return { response: { cancelOperation: {} } };
    case 'start':
      return {
        response: {
          startOperation: pick(random, [
            { syncSuccess: { payload: json(random.below(100)) } },
            { asyncSuccess: { operationToken: `token-${random.below(9)}` } },
            randomOperationError(random),
          ]),
        },
      };
  }
}
