import { ok } from '../../base/result.ts';
import type { NamespaceName } from '../../protocol/ids.ts';
import { deleteRun } from '../execution/delete-run.ts';
import { leave } from '../matching/task-queue.ts';
import { failNexusTask } from '../nexus/respond.ts';
import { namespaceGone } from '../nexus/target.ts';
import { deleteStandalone } from '../standalone/control.ts';
import { queueKey, type Namespace } from '../state.ts';
import { record, refuse, replyTo, type MethodHandler, type Turn } from '../turn.ts';
import { findNamespace, namespaceNotFound } from './namespaces.ts';

/** How much of its id the server leaves in the name of a deleted namespace. */
const ID_LENGTH_SHOWN = 5;

/**
 * Deletes a namespace with all that is in it (semantics §6.3). The server marks it and clears it out in the
 * background; here it is gone when the call returns.
 */
export const deleteNamespace: MethodHandler<'deleteNamespace'> = (turn, request) => {
  const { namespace: name, namespaceId: id } = request;
  if (name !== undefined && id !== undefined) {
    return refuse('INVALID_ARGUMENT', 'Only one of namespace name or Id should be set on request.');
  }
  const namespace = findNamespace(turn.state, {
    ...(name !== undefined && { namespace: name }),
    ...(id !== undefined && { id }),
  });
  if (namespace === undefined) return namespaceNotFound(name ?? id ?? '');
  const endpoint = endpointInto(turn, namespace);
  if (endpoint !== undefined && !turn.limits.allowDeleteNamespaceIfNexusEndpointTarget) {
    return refuse(
      'FAILED_PRECONDITION',
      `cannot delete a namespace that is a target of a Nexus endpoint ${endpoint}`,
    );
  }
  clearOut(turn, namespace);
  return ok({ deletedNamespace: `${namespace.name}-deleted-${namespace.id.slice(0, ID_LENGTH_SHOWN)}` });
};

/** The first endpoint, by name, whose calls go there. */
const endpointInto = ({ state }: Turn, { name }: Namespace): string | undefined =>
  [...state.endpoints.values()]
    .filter(({ spec }) => spec.target?.worker?.namespace === name)
    .map(({ spec }) => spec.name ?? '')
    .sort()[0];

function clearOut(turn: Turn, { name }: Namespace): void {
  const { state } = turn;
  state.namespaces.delete(name);
  for (const execution of [...state.executions.values()]) {
    if (execution.ref.namespace === name) deleteRun(turn, execution);
  }
  for (const own of [...state.standalone.values()]) {
    if (own.operation.ref.run.namespace === name) deleteStandalone(turn, own);
  }
  // Whoever waits for an answer from there hears at once what the next attempt would hear.
  for (const task of [...state.nexusTasks.values()]) {
    if (task.queue.namespace === name) failNexusTask(turn, task, namespaceGone);
  }
  for (const queue of [...state.queues.values()]) {
    if (queue.namespace !== name) continue;
    for (const call of [...queue.polls.keys()]) {
      leave(queue, call);
      replyTo(turn, call, {});
    }
    state.timers.cancel(queue.rate?.timer);
    state.queues.delete(queueKey(queue.namespace, queue.kind, queue.name));
  }
  record(turn, { kind: 'namespace-deleted', namespace: name as NamespaceName });
}
