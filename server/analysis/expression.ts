import type { OffsetRange } from './document.ts';

/**
 * What an indexer understood of one expression, as far as its own file tells. The rest, what other files
 * export, is found later; so one file can be indexed without any other.
 */
export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'concatenation'; readonly parts: readonly Expression[] }
  /** A name declared at the top level of the same file. */
  | { readonly kind: 'name'; readonly name: string }
  /** An export of another module; the name `*` is the module's whole namespace. */
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | RecordExpression
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly complete: boolean }
  /** A service, handler set or client declared right here; see the file's facts. */
  | { readonly kind: 'fact'; readonly id: FactId }
  | OperationExpression
  /** One operation's handler inside a handler set's record. */
  | { readonly kind: 'handler'; readonly form: HandlerForm; readonly starts: Expression | undefined }
  | { readonly kind: 'unknown' };

/** One operation's definition inside a service's record. */
export interface OperationExpression {
  readonly kind: 'operation';
  /** Absent where the wire name is the operation's code name. */
  readonly wireName: Expression | undefined;
  /** Another wire name it may have, where the text does not decide which generator reads it. */
  readonly otherWireName: string | undefined;
}

export interface RecordExpression {
  readonly kind: 'record';
  readonly entries: readonly RecordEntry[];
  /** Records poured into this one, as by `...rest`. */
  readonly spreads: readonly Expression[];
  /** Whether the entries and spreads are all there is: no computed keys, nothing that was not understood. */
  readonly complete: boolean;
}

export interface RecordEntry {
  readonly name: string;
  readonly nameRange: OffsetRange;
  readonly value: Expression;
}

/** Names a fact within its file: the offsets of the syntax that declares it. */
export type FactId = string;

export const factIdOf = (range: OffsetRange): FactId => `${range.start}:${range.end}`;

/** How an operation is handled, as far as the text tells. */
export type HandlerForm = 'sync' | 'workflow-run' | 'temporal' | 'custom' | 'unknown';

export const unknownExpression: Expression = { kind: 'unknown' };
