import { decodeText, encodeText } from '../../base/base64.ts';
import { ok } from '../../base/result.ts';
import { hours, type DurationMs } from '../../base/time.ts';
import { ID_LENGTH_MAX, type NamespaceName } from '../../protocol/ids.ts';
import type { NamespaceDescription } from '../../protocol/temporal/namespace-methods.ts';
import type { EngineState, Namespace } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';
import { CLUSTER_NAME } from './system.ts';

/** The shortest that the server takes (`system.namespaceMinRetentionLocal`). */
const RETENTION_MIN = hours(1);

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
  const problem = configProblem(request, request.workflowExecutionRetentionPeriod);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const { description, ownerEmail, data, workflowExecutionRetentionPeriod: retention } = request;
  addNamespace(turn, {
    name,
    id: turn.state.random.ids.uuid(),
    ...(description !== undefined && { description }),
    ...(ownerEmail !== undefined && { ownerEmail }),
    ...(data !== undefined && { data }),
    ...(retention !== undefined && { retention }),
  });
  return ok({});
};

/** Changes what the request names and leaves the rest. */
export const updateNamespace: MethodHandler<'updateNamespace'> = (turn, request) => {
  const { namespace: name = '', updateInfo = {}, config = {} } = request;
  const present = turn.state.namespaces.get(name);
  if (present === undefined) return namespaceNotFound(name);
  const retention = config.workflowExecutionRetentionTtl ?? present.retention;
  const problem = configProblem(config, retention);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const { activeClusterName = CLUSTER_NAME, clusters = [] } = request.replicationConfig ?? {};
  if (request.promoteNamespace === true || activeClusterName !== CLUSTER_NAME || clusters.length > 0) {
    return refuse('INVALID_ARGUMENT', 'There is one cluster here: namespaces are local to it and stay so.');
  }
  const { description, ownerEmail, data } = updateInfo;
  const updated: Namespace = {
    ...present,
    ...(description !== undefined && { description }),
    ...(ownerEmail !== undefined && { ownerEmail }),
    ...(data !== undefined && { data: { ...present.data, ...data } }),
    ...(retention !== undefined && { retention }),
  };
  changeNamespace(turn, updated);
  return ok(describe(turn, updated));
};

function configProblem(
  asked: { readonly historyArchivalState?: string; readonly visibilityArchivalState?: string },
  retention: DurationMs | undefined,
): string | undefined {
  if (asked.historyArchivalState === 'ENABLED' || asked.visibilityArchivalState === 'ENABLED') {
    return 'Cluster is not configured for archival.';
  }
  return retention !== undefined && retention < RETENTION_MIN
    ? 'A valid retention period is not set on request.'
    : undefined;
}

/** Puts a changed namespace in the place of the one of its name. */
export function changeNamespace(turn: Turn, namespace: Namespace): void {
  turn.state.namespaces.set(namespace.name, namespace);
  record(turn, { kind: 'namespace-updated', namespace: namespace.name as NamespaceName });
}

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

export const listNamespaces: MethodHandler<'listNamespaces'> = (turn, request) => {
  const after = request.nextPageToken === undefined ? '' : decodeText(request.nextPageToken);
  if (after === undefined) return refuse('INVALID_ARGUMENT', 'Invalid NextPageToken.');
  const { pageSize = 0 } = request;
  const sorted = [...turn.state.namespaces.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = sorted.filter(({ id }) => id > after);
  const page = pageSize > 0 ? rest.slice(0, pageSize) : rest;
  const last = page.at(-1);
  return ok({
    namespaces: page.map((namespace) => describe(turn, namespace)),
    ...(last !== undefined && rest.length > page.length && { nextPageToken: encodeText(last.id) }),
  });
};

/** The refusal that every request on an unknown namespace gets. */
export const namespaceNotFound = (name: string): ReturnType<typeof refuse> =>
  name === ''
    ? refuse('INVALID_ARGUMENT', 'Namespace is empty.')
    : refuse('NOT_FOUND', `Namespace ${name} is not found.`, {
        type: 'NamespaceNotFoundFailure',
        value: { namespace: name },
      });

const describe = (turn: Turn, namespace: Namespace): NamespaceDescription => {
  const { name, id, description, ownerEmail, data, retention } = namespace;
  return {
    namespaceInfo: {
      name,
      state: 'REGISTERED',
      id,
      ...(description !== undefined && { description }),
      ...(ownerEmail !== undefined && { ownerEmail }),
      ...(data !== undefined && { data }),
      capabilities: {
        eagerWorkflowStart: true,
        syncUpdate: true,
        asyncUpdate: true,
        ...(turn.limits.updateCallbacks && { workflowUpdateCallbacks: true }),
        ...(turn.limits.standaloneOperations && { standaloneNexusOperation: true }),
      },
    },
    config: {
      workflowExecutionRetentionTtl: retention ?? turn.limits.retention,
      historyArchivalState: 'DISABLED',
      visibilityArchivalState: 'DISABLED',
    },
    replicationConfig: {
      activeClusterName: CLUSTER_NAME,
      clusters: [{ clusterName: CLUSTER_NAME }],
      state: 'NORMAL',
    },
  };
};
