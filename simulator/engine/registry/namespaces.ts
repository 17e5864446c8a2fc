import { ok } from '../../base/result.ts';
import { days } from '../../base/time.ts';
import { ID_LENGTH_MAX, type NamespaceName } from '../../protocol/ids.ts';
import type { NamespaceDescription } from '../../protocol/temporal/methods.ts';
import type { EngineState, Namespace } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';

export const registerNamespace: MethodHandler<'registerNamespace'> = (turn, request) => {
  const name = request.namespace ?? '';
  if (name === '') return refuse('INVALID_ARGUMENT', 'Namespace is not set on request.');
  if (name.length > ID_LENGTH_MAX || name.includes('\0')) {
    return refuse(
      'INVALID_ARGUMENT',
      `Namespace name must have at most ${ID_LENGTH_MAX} characters and no NUL.`,
    );
  }
  if (turn.state.namespaces.has(name)) {
    return refuse('ALREADY_EXISTS', `Namespace ${name} already exists.`, {
      type: 'NamespaceAlreadyExistsFailure',
      value: {},
    });
  }
  addNamespace(turn, {
    name,
    id: turn.state.random.ids.uuid(),
    ...(request.description !== undefined && { description: request.description }),
  });
  return ok({});
};

export function addNamespace(turn: Turn, namespace: Namespace): void {
  turn.state.namespaces.set(namespace.name, namespace);
  record(turn, { kind: 'namespace-registered', namespace: namespace.name as NamespaceName });
}

export const describeNamespace: MethodHandler<'describeNamespace'> = (turn, request) => {
  const namespace = findNamespace(turn.state, request);
  if (namespace === undefined) return namespaceNotFound(request.namespace ?? request.id ?? '');
  return ok(describe(turn, namespace));
};

/** By name, or else by id. */
export const findNamespace = (
  { namespaces }: EngineState,
  wanted: { readonly namespace?: string; readonly id?: string },
): Namespace | undefined =>
  wanted.namespace === undefined
    ? [...namespaces.values()].find(({ id }) => id === wanted.id)
    : namespaces.get(wanted.namespace);

export const listNamespaces: MethodHandler<'listNamespaces'> = (turn) =>
  ok({ namespaces: [...turn.state.namespaces.values()].map((namespace) => describe(turn, namespace)) });

/** The refusal that every request on an unknown namespace gets. */
export const namespaceNotFound = (name: string): ReturnType<typeof refuse> =>
  name === ''
    ? refuse('INVALID_ARGUMENT', 'Namespace is not set on request.')
    : refuse('NOT_FOUND', `Namespace ${name} is not found.`, {
        type: 'NamespaceNotFoundFailure',
        value: { namespace: name },
      });

const describe = (turn: Turn, namespace: Namespace): NamespaceDescription => ({
  namespaceInfo: {
    name: namespace.name,
    state: 'REGISTERED',
    id: namespace.id,
    ...(namespace.description !== undefined && { description: namespace.description }),
    capabilities: { ...(turn.limits.standaloneOperations && { standaloneNexusOperation: true }) },
  },
  config: { workflowExecutionRetentionTtl: days(3) },
});
