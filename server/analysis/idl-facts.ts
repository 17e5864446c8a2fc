import type { OffsetRange } from './document.ts';
import type { DocumentUri } from './uri.ts';

/** The two generators that read `*.nexusrpc.yaml`. `undecided`: the file is legal, or wrong, in both alike. */
export type IdlDialect = 'nexus-rpc-gen' | 'nexgen' | 'undecided';

/** What an IDL document, or a schema file that one refers to, says besides its services. */
export interface IdlFacts {
  /** Whether this is a contract, and not just a file of schemas that a contract refers to. */
  readonly isContract: boolean;
  readonly dialect: IdlDialect;
  readonly problems: readonly IdlProblem[];
  readonly references: readonly IdlReference[];
  /** Every JSON pointer that exists in the document, and the key or item that a jump should show. */
  readonly pointers: ReadonlyMap<string, OffsetRange>;
  /** The names of `types` or `$defs`. */
  readonly types: readonly NamedRange[];
}

export interface NamedRange {
  readonly name: string;
  readonly range: OffsetRange;
}

/** A `$ref`, with the text as written. */
export interface IdlReference {
  readonly text: string;
  readonly range: OffsetRange;
  readonly target: IdlReferenceTarget;
}

export type IdlReferenceTarget =
  | { readonly kind: 'empty' }
  | { readonly kind: 'remote' }
  /** Within the same document. */
  | { readonly kind: 'local'; readonly pointer: string }
  | { readonly kind: 'file'; readonly path: string; readonly uri: DocumentUri; readonly pointer: string };

/** What is wrong with an IDL document by itself. The code is also the rule's. */
export type IdlProblem = { readonly range: OffsetRange } & IdlProblemDetail;

export type IdlProblemDetail =
  | { readonly code: 'idl-yaml-syntax'; readonly detail: string }
  | { readonly code: 'idl-empty-document' | 'idl-multi-document' }
  | { readonly code: 'idl-missing-version' | 'idl-no-services' | 'idl-remote-ref' | 'idl-empty-ref' }
  | {
      readonly code: 'idl-version-not-string' | 'idl-unsupported-version';
      readonly found: string;
      readonly wanted: string;
    }
  | {
      readonly code: 'idl-unknown-key';
      readonly key: string;
      readonly owner: string;
      readonly allowed: readonly string[];
      /** The generator ignores the key, so that a slip of the pen loses what was meant. */
      readonly ignored: boolean;
    }
  | {
      readonly code: 'idl-wrong-node-kind';
      readonly owner: string;
      readonly wanted: 'a map' | 'a schema' | 'text';
      readonly found: string;
    }
  | { readonly code: 'idl-wrong-schema-uri'; readonly found: string }
  | { readonly code: 'idl-envelope-root-model'; readonly key: string }
  | {
      readonly code: 'idl-service-without-operations';
      readonly service: string;
      /** The generator takes it; what it writes fails later. */
      readonly accepted: boolean;
    }
  | { readonly code: 'idl-null-operation'; readonly operation: string }
  | { readonly code: 'idl-empty-name'; readonly what: 'service' | 'operation' | 'type' }
  | { readonly code: 'idl-service-name-pattern' | 'idl-operation-name-pattern'; readonly name: string }
  | {
      readonly code: 'idl-duplicate-service' | 'idl-duplicate-operation';
      readonly name: string;
      readonly first: OffsetRange;
    }
  | {
      readonly code: 'idl-operation-io-not-object';
      readonly operation: string;
      readonly side: 'input' | 'output';
      readonly found: string;
    }
  | { readonly code: 'idl-inline-type-name-clash'; readonly typeName: string; readonly first: OffsetRange }
  | { readonly code: 'idl-duplicate-type-title'; readonly title: string; readonly first: OffsetRange }
  | {
      readonly code: 'idl-invalid-json-schema';
      readonly keyword: string;
      readonly wanted: string;
      readonly found: string;
    }
  | { readonly code: 'idl-lang-ref-not-string' | 'idl-lang-ref-missing-fallback'; readonly key: string }
  | { readonly code: 'idl-unknown-lang-ref'; readonly key: string; readonly allowed: readonly string[] }
  | { readonly code: 'idl-ref-siblings-ignored'; readonly key: string };

export type IdlProblemCode = IdlProblemDetail['code'];

/** The problems that may have a code. */
export type IdlProblemOf<Code extends IdlProblemCode> = { readonly range: OffsetRange } & DetailOf<
  Code,
  IdlProblemDetail
>;

type DetailOf<Code, Detail extends IdlProblemDetail> = Detail extends unknown
  ? Code extends Detail['code']
    ? Detail
    : never
  : never;
