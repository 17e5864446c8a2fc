/** Why a request to the simulator has no result. */
export type ClientError =
  /** The simulator understood and refused; its sentence is for the user. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'disconnected' }
  /** The reply is not what the contract says: extension and simulator do not fit together. */
  | { readonly kind: 'invalid-reply'; readonly method: string; readonly detail: string };

/** Why there is no running simulator after a start. */
export type StartFailure =
  | { readonly kind: 'port-taken'; readonly port: number }
  /** The program could not be started at all. */
  | { readonly kind: 'not-started'; readonly reason: string }
  /** It ended before it said where it listens; `lastLine` is what it wrote last. */
  | { readonly kind: 'exited'; readonly code: number | null; readonly lastLine: string }
  | { readonly kind: 'bad-announcement'; readonly line: string }
  | { readonly kind: 'silent'; readonly withinMs: number }
  /** It runs, but its control connection could not be used. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'stopped-meanwhile' };
