import type { Failure } from '../../protocol/temporal/failure.ts';
import { resolveEndpoint } from '../registry/endpoints.ts';
import type { EngineState, Operation } from '../state.ts';
import { handlerFailure } from './failure.ts';

/** Where calls to an endpoint go now, or why they cannot go anywhere (semantics §6.3). */
export type CallTarget =
  | {
      readonly kind: 'worker';
      readonly worker: { readonly namespace: string; readonly taskQueue: string };
    }
  | { readonly kind: 'external'; readonly url: string }
  | { readonly kind: 'none'; readonly failure: Failure };

/** Looked up for every call: the endpoint may have been retargeted or deleted since the last one. */
export function callTarget(state: EngineState, operation: Operation): CallTarget {
  const { worker, external } = resolveEndpoint(state, operation)?.spec.target ?? {};
  if (external !== undefined) return { kind: 'external', url: external.url ?? '' };
  if (worker === undefined) {
    return { kind: 'none', failure: endpointGone };
  }
  const { namespace = '', taskQueue = '' } = worker;
  return state.namespaces.has(namespace)
    ? { kind: 'worker', worker: { namespace, taskQueue } }
    : { kind: 'none', failure: namespaceGone };
}

/** It ends the operation at once. */
export const endpointGone = handlerFailure('NOT_FOUND', 'endpoint not registered');

/** Worth another try: the endpoint may get another target. */
export const namespaceGone: Failure = {
  message: 'invalid endpoint target',
  nexusHandlerFailureInfo: { type: 'NOT_FOUND', retryBehavior: 'RETRYABLE' },
};
