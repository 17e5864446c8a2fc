/** One broken or valid contract; marks say what must be found, and nothing else may be. */
export interface IdlRow {
  readonly name: string;
  readonly fixture: string;
}

/** The first line of most contracts. */
export const genHead = 'nexusrpc: 1.0.0';
