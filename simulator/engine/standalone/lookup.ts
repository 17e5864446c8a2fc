import { utf8Length } from '../../base/base64.ts';
import { ID_LENGTH_MAX, type RunId } from '../../protocol/ids.ts';
import type { ByNexusOperation } from '../../protocol/temporal/nexus-operation-methods.ts';
import { namespaceNotFound } from '../registry/namespaces.ts';
import { workflowKey, type StandaloneOperation } from '../state.ts';
import { refuse, type Turn } from '../turn.ts';

export type Refusal = ReturnType<typeof refuse>;

/** Why none of these methods can be called at all; `undefined` when they can. */
export function notServed(turn: Turn, namespace = ''): Refusal | undefined {
  if (!turn.limits.standaloneOperations) {
    return refuse('UNIMPLEMENTED', 'Standalone Nexus operation is disabled');
  }
  return turn.state.namespaces.has(namespace) ? undefined : namespaceNotFound(namespace);
}

/**
 * The run that a request names: that very run, or the latest one of the operation id. Refused, too, for whatever
 * else is wrong with the request.
 */
export function findStandalone(
  turn: Turn,
  named: ByNexusOperation,
  otherProblem?: string,
): StandaloneOperation | Refusal {
  const refusal = notServed(turn, named.namespace);
  if (refusal !== undefined) return refusal;
  const { namespace = '', operationId = '', runId } = named;
  const problem = idProblem('operation_id', operationId) ?? runIdProblem(runId) ?? otherProblem;
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const wanted = runId ?? turn.state.currentStandalone.get(workflowKey(namespace, operationId));
  const own = turn.state.standalone.get(wanted as RunId);
  const { run } = own?.operation.ref ?? {};
  return own !== undefined && run?.namespace === namespace && run.workflowId === operationId
    ? own
    : notFound(operationId);
}

export const notFound = (operationId: string): Refusal =>
  refuse('NOT_FOUND', `operation not found for ID: ${operationId}`);

export const isRefusal = (found: StandaloneOperation | Refusal): found is Refusal => 'ok' in found;

/** What is wrong with an id that has to be there. */
export const idProblem = (field: string, id: string): string | undefined =>
  id === '' ? `${field} is required` : lengthProblem(field, id, ID_LENGTH_MAX);

export function lengthProblem(field: string, text = '', limit: number): string | undefined {
  const length = utf8Length(text);
  return length > limit ? `${field} exceeds length limit. Length=${length} Limit=${limit}` : undefined;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const runIdProblem = (runId: string | undefined): string | undefined =>
  runId === undefined || uuid.test(runId) ? undefined : 'invalid run id: must be a valid UUID';
