/**
 * Words of the Nexus protocol, spelled as on the wire. The retryable defaults and HTTP codes follow the
 * Nexus specification and the server's code (semantics §3.2).
 */
export const HandlerErrorType = {
  BAD_REQUEST: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  UNAUTHORIZED: 'UNAUTHORIZED',
  NOT_FOUND: 'NOT_FOUND',
  REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  CONFLICT: 'CONFLICT',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  INTERNAL: 'INTERNAL',
  NOT_IMPLEMENTED: 'NOT_IMPLEMENTED',
  UNAVAILABLE: 'UNAVAILABLE',
  UPSTREAM_TIMEOUT: 'UPSTREAM_TIMEOUT',
} as const;
export type HandlerErrorType = (typeof HandlerErrorType)[keyof typeof HandlerErrorType];

export const handlerErrors = {
  BAD_REQUEST: { httpStatus: 400, retryable: false },
  UNAUTHENTICATED: { httpStatus: 401, retryable: false },
  UNAUTHORIZED: { httpStatus: 403, retryable: false },
  NOT_FOUND: { httpStatus: 404, retryable: false },
  REQUEST_TIMEOUT: { httpStatus: 408, retryable: true },
  CONFLICT: { httpStatus: 409, retryable: false },
  RESOURCE_EXHAUSTED: { httpStatus: 429, retryable: true },
  INTERNAL: { httpStatus: 500, retryable: true },
  NOT_IMPLEMENTED: { httpStatus: 501, retryable: false },
  UNAVAILABLE: { httpStatus: 503, retryable: true },
  UPSTREAM_TIMEOUT: { httpStatus: 520, retryable: true },
} as const satisfies Record<HandlerErrorType, { httpStatus: number; retryable: boolean }>;

const isHandlerErrorType = (text: string): text is HandlerErrorType => Object.hasOwn(handlerErrors, text);

/** An override wins over the default of the type; a type nobody knows is retryable. */
export function isRetryable(type: string, behavior: 'RETRYABLE' | 'NON_RETRYABLE' | undefined): boolean {
  if (behavior !== undefined) return behavior === 'RETRYABLE';
  return isHandlerErrorType(type) ? handlerErrors[type].retryable : true;
}

/** Header keys that belong to the server (`disallowedHeaders`, semantics §2.3); lower case. */
export const disallowedHeaders: ReadonlySet<string> = new Set([
  'request-timeout',
  'xdc-redirection',
  'xdc-redirection-api',
  'xdc-redirection-source-cell',
  'caller-name',
  'caller-type',
  'call-initiation',
  'temporal-principal-type',
  'temporal-principal-name',
]);

/** Header names mean the same in any case; inside they are lower case, as on the wire. */
export const lowerKeys = (header: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(header).map(([key, value]) => [key.toLowerCase(), value]));
