/** Whose workers are asked. */
export type RouteTarget =
  { readonly endpointId: string } | { readonly namespace: string; readonly taskQueue: string };

/** What a path asks for (semantics §7.1). */
export type Route =
  | {
      readonly kind: 'start';
      readonly target: RouteTarget;
      readonly service: string;
      readonly operation: string;
    }
  | {
      readonly kind: 'cancel';
      readonly target: RouteTarget;
      readonly service: string;
      readonly operation: string;
      /** In the deprecated form of the path only. */
      readonly token?: string;
    }
  /** The namespace is absent in the form that `temporal://system` stands for. */
  | { readonly kind: 'complete'; readonly namespace?: string };

const endpointPath = /^\/nexus\/endpoints\/([^/]*)\/services\/(.*)$/;
const queuePath = /^\/namespaces\/([^/]*)\/task-queues\/([^/]*)\/nexus-services\/(.*)$/;
const callbackPath = /^(?:\/namespaces\/([^/]+))?\/nexus\/callback$/;

/** Reads a path; its parts are percent-encoded. */
export function routeOf(path: string): Route | 'unknown' | 'malformed' {
  const callback = callbackPath.exec(path);
  if (callback !== null) {
    const [, part] = callback;
    if (part === undefined) return { kind: 'complete' };
    const namespace = decoded(part);
    return namespace === undefined ? 'malformed' : { kind: 'complete', namespace };
  }
  const [, id, rest] = endpointPath.exec(path) ?? [];
  const [, queueNamespace, queue, queueRest] = queuePath.exec(path) ?? [];
  if (id !== undefined) {
    const endpointId = decoded(id);
    return endpointId === undefined ? 'malformed' : operationRoute({ endpointId }, rest ?? '');
  }
  if (queueNamespace === undefined) return 'unknown';
  const [namespace, taskQueue] = [decoded(queueNamespace), decoded(queue ?? '')];
  return namespace === undefined || taskQueue === undefined
    ? 'malformed'
    : operationRoute({ namespace, taskQueue }, queueRest ?? '');
}

function operationRoute(target: RouteTarget, rest: string): Route | 'unknown' | 'malformed' {
  const encoded = rest.split('/');
  const [service, operation, third, fourth] = encoded.map(decoded);
  if (encoded.length < 2 || encoded.length > 4) return 'unknown';
  if (encoded.length > 2 && encoded.at(-1) !== 'cancel') return 'unknown';
  if (service === undefined || operation === undefined) return 'malformed';
  if (encoded.length === 2) return { kind: 'start', target, service, operation };
  if (fourth === undefined) return { kind: 'cancel', target, service, operation };
  return third === undefined ? 'malformed' : { kind: 'cancel', target, service, operation, token: third };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
