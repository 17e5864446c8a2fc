import { ok } from '../../base/result.ts';
import { byteLength, encodeText, decodeText, utf8Length } from '../../base/base64.ts';
import { ENDPOINT_NAME_PATTERN, ID_LENGTH_MAX, parseEndpointName } from '../../protocol/ids.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { EndpointSpec, NexusEndpoint } from '../../protocol/temporal/nexus.ts';
import type { EngineState } from '../state.ts';
import { record, refuse, type MethodHandler, type Turn } from '../turn.ts';

/*
 * The endpoint registry (semantics §6). It is strongly consistent: what was written is seen by the next read.
 */

export const createNexusEndpoint: MethodHandler<'createNexusEndpoint'> = (turn, { spec }) => {
  const refusal = checkSpec(turn, spec);
  if (refusal !== undefined) return refusal;
  const name = spec?.name ?? '';
  if (endpointByName(turn.state, name) !== undefined) {
    return refuse(
      'ALREADY_EXISTS',
      `error creating Nexus endpoint. Endpoint with name ${name} already registered`,
    );
  }
  const id = turn.state.random.ids.uuid();
  const endpoint: NexusEndpoint = {
    version: 1,
    id,
    spec: spec ?? {},
    createdTime: turn.now,
    urlPrefix: `/nexus/endpoints/${id}/services`,
  };
  turn.state.endpoints.set(id, endpoint);
  record(turn, { kind: 'endpoint-created', endpoint });
  return ok({ endpoint });
};

export const updateNexusEndpoint: MethodHandler<'updateNexusEndpoint'> = (turn, { id, version, spec }) => {
  const refusal = checkSpec(turn, spec);
  if (refusal !== undefined) return refusal;
  const present = turn.state.endpoints.get(id ?? '');
  if (present === undefined) return endpointNotFound(id);
  if (version !== present.version) {
    return refuse(
      'FAILED_PRECONDITION',
      `nexus endpoint version mismatch. received: ${version ?? 0} expected ${present.version}`,
    );
  }
  const namesake = endpointByName(turn.state, spec?.name ?? '');
  if (namesake !== undefined && namesake.id !== present.id) {
    return refuse('ALREADY_EXISTS', `Endpoint with name ${namesake.spec.name ?? ''} already registered`);
  }
  const endpoint: NexusEndpoint = {
    ...present,
    version: present.version + 1,
    spec: spec ?? {},
    lastModifiedTime: turn.now,
  };
  turn.state.endpoints.set(present.id, endpoint);
  moveAllowedCallers(turn.state, present.spec.name ?? '', spec?.name ?? '');
  record(turn, { kind: 'endpoint-updated', endpoint });
  return ok({ endpoint });
};

export const deleteNexusEndpoint: MethodHandler<'deleteNexusEndpoint'> = (turn, { id, version }) => {
  if (!isUuid(id)) return malformedId(id);
  if ((version ?? 0) <= 0) return refuse('INVALID_ARGUMENT', 'endpoint version must be greater than 0');
  const endpoint = turn.state.endpoints.get(id);
  if (endpoint === undefined) return endpointNotFound(id);
  turn.state.endpoints.delete(id);
  turn.state.allowedCallers.delete(endpoint.spec.name ?? '');
  record(turn, { kind: 'endpoint-deleted', endpoint });
  return ok({});
};

export const getNexusEndpoint: MethodHandler<'getNexusEndpoint'> = (turn, { id }) => {
  if (!isUuid(id)) return malformedId(id);
  const endpoint = turn.state.endpoints.get(id);
  return endpoint === undefined ? endpointNotFound(id) : ok({ endpoint });
};

export const listNexusEndpoints: MethodHandler<'listNexusEndpoints'> = (turn, request) => {
  const { endpointPageSizeDefault, endpointPageSizeMax } = turn.limits;
  if (request.name !== undefined) {
    const endpoint = endpointByName(turn.state, request.name);
    return ok({ endpoints: endpoint === undefined ? [] : [endpoint] });
  }
  const pageSize = request.pageSize ?? endpointPageSizeDefault;
  if (pageSize < 0 || pageSize > endpointPageSizeMax) {
    return refuse(
      'INVALID_ARGUMENT',
      `page_size must be between 0 and ${endpointPageSizeMax}, not ${pageSize}`,
    );
  }
  const after = request.nextPageToken === undefined ? '' : decodeText(request.nextPageToken);
  if (after === undefined)
    return refuse('INVALID_ARGUMENT', 'next_page_token is not one that a list call returned');
  const sorted = [...turn.state.endpoints.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = sorted.filter(({ id }) => id > after);
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  return ok({
    endpoints: page,
    ...(last !== undefined && rest.length > page.length && { nextPageToken: encodeText(last.id) }),
  });
};

/** An attempt looks its endpoint up by id first and then by name (semantics §6.3). */
export const resolveEndpoint = (
  state: EngineState,
  wanted: { readonly endpointId: string; readonly endpoint: string },
): NexusEndpoint | undefined =>
  state.endpoints.get(wanted.endpointId) ?? endpointByName(state, wanted.endpoint);

export const endpointByName = (state: EngineState, name: string): NexusEndpoint | undefined => {
  for (const endpoint of state.endpoints.values()) if (endpoint.spec.name === name) return endpoint;
  return undefined;
};

/** They are kept by the endpoint's name, and belong to the endpoint. */
function moveAllowedCallers({ allowedCallers }: EngineState, from: string, to: string): void {
  const callers = allowedCallers.get(from);
  allowedCallers.delete(from);
  if (callers !== undefined) allowedCallers.set(to, callers);
}

/** All rules of semantics §6.2; what is wrong is told in one message. */
function checkSpec(turn: Turn, spec: EndpointSpec | undefined): ReturnType<typeof refuse> | undefined {
  const issues = [...nameIssues(spec?.name ?? '', turn.limits), ...targetIssues(spec, turn.limits)];
  if (issues.length > 0) return refuse('INVALID_ARGUMENT', issues.join(', '));
  const target = spec?.target;
  if (target?.external !== undefined) return undefined;
  const namespace = target?.worker?.namespace ?? '';
  if (!turn.state.namespaces.has(namespace)) {
    return refuse(
      'FAILED_PRECONDITION',
      `could not verify namespace referenced by target exists: Namespace ${namespace} is not found.`,
    );
  }
  return undefined;
}

function nameIssues(name: string, limits: Limits): string[] {
  if (name === '') return ['endpoint name not set'];
  const issues: string[] = [];
  if (name.length > limits.endpointNameLengthMax) {
    issues.push(`endpoint name exceeds length limit of ${limits.endpointNameLengthMax}`);
  }
  if (parseEndpointName(name) === undefined) {
    issues.push(`endpoint name must match the regex: ${ENDPOINT_NAME_PATTERN}`);
  }
  return issues;
}

function targetIssues(spec: EndpointSpec | undefined, limits: Limits): string[] {
  const issues: string[] = [];
  const worker = spec?.target?.worker;
  if (worker === undefined && spec?.target?.external === undefined) issues.push('empty target variant');
  if (worker !== undefined) {
    if ((worker.namespace ?? '') === '') issues.push('target namespace not set');
    const queue = worker.taskQueue ?? '';
    if (queue === '') issues.push('invalid target task queue: taskQueue is not set');
    if (queue.length > ID_LENGTH_MAX)
      issues.push(`invalid target task queue: taskQueue length exceeds limit`);
    if (queue.startsWith('/_sys/')) issues.push('invalid target task queue: task queue name is reserved');
  }
  if (spec?.target?.external !== undefined) issues.push(...urlIssues(spec.target.external.url ?? '', limits));
  const description = byteLength(spec?.description?.data ?? encodeText(''));
  if (description > limits.endpointDescriptionBytesMax) {
    issues.push(`description size exceeds limit of ${limits.endpointDescriptionBytesMax}`);
  }
  return issues;
}

function urlIssues(url: string, { endpointUrlBytesMax }: Limits): string[] {
  if (url === '') return ['empty target URL'];
  const issues: string[] = [];
  if (utf8Length(url) > endpointUrlBytesMax) {
    issues.push(`target URL length exceeds limit of ${endpointUrlBytesMax}`);
  }
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  if (!/^https?$/i.test(scheme)) {
    issues.push(`invalid target URL scheme: "${scheme}", expected http or https`);
  } else if (!/^https?:\/\/[^/?#\s]+[^\s]*$/i.test(url)) {
    issues.push('invalid target URL: no host');
  }
  return issues;
}

const isUuid = (id: string | undefined): id is string =>
  id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const malformedId = (id: string | undefined): ReturnType<typeof refuse> =>
  refuse('INVALID_ARGUMENT', `malformed endpoint ID: expected a UUID, not "${id ?? ''}"`);

const endpointNotFound = (id: string | undefined): ReturnType<typeof refuse> =>
  refuse('NOT_FOUND', `nexus endpoint not found: no endpoint has the ID "${id ?? ''}"`);
