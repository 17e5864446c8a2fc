import type { OffsetRange } from './document.ts';
import type { Expression, FactId } from './expression.ts';
import type { IdlFacts } from './idl-facts.ts';
import type { DocumentUri } from './uri.ts';

export type SourceLanguage = 'typescript' | 'idl';

/**
 * How sure the indexer is that the text is what the fact says. `certain`: an import of the SDK proves it.
 * `likely`: only the shape of the text speaks for it.
 */
export type Confidence = 'certain' | 'likely';

/** A service's contract. */
export interface ServiceFact {
  readonly kind: 'service';
  readonly id: FactId;
  readonly range: OffsetRange;
  readonly wireName: Expression;
  readonly nameRange: OffsetRange;
  /** The variable that holds the contract. */
  readonly symbol: string | undefined;
  readonly operations: Expression;
  readonly confidence: Confidence;
}

/** Handlers of one service's operations, keyed by the operations' code names. */
export interface HandlerSetFact {
  readonly kind: 'handler-set';
  readonly id: FactId;
  readonly range: OffsetRange;
  readonly service: Expression;
  readonly handlers: Expression;
  readonly confidence: Confidence;
}

/** A client of one service through one endpoint. */
export interface ClientFact {
  readonly kind: 'client';
  readonly id: FactId;
  readonly range: OffsetRange;
  readonly service: Expression;
  readonly endpoint: Expression;
  readonly endpointRange: OffsetRange | undefined;
  /** `workflow`: called in workflow code. `standalone`: called from any program. */
  readonly side: 'workflow' | 'standalone';
  readonly confidence: Confidence;
}

/** One call of an operation. */
export interface CallFact {
  readonly kind: 'call';
  readonly range: OffsetRange;
  readonly client: Expression;
  readonly operation: Expression;
  /** The text that names the operation. */
  readonly operationRange: OffsetRange;
  readonly method: 'execute' | 'start';
}

/** A worker and the handler sets it registers. */
export interface WorkerFact {
  readonly kind: 'worker';
  readonly range: OffsetRange;
  readonly taskQueue: Expression;
  readonly services: Expression;
  readonly confidence: Confidence;
}

/** A file that another file needs to be understood. */
export interface Dependency {
  readonly module: string;
  /** The documents it may mean, in the order in which the language tries them. */
  readonly candidates: readonly DocumentUri[];
}

/** Everything one document says about Nexus. Plain data: no syntax nodes, nothing of other documents. */
export interface FileFacts {
  readonly uri: DocumentUri;
  readonly language: SourceLanguage;
  readonly services: readonly ServiceFact[];
  readonly handlerSets: readonly HandlerSetFact[];
  readonly clients: readonly ClientFact[];
  readonly calls: readonly CallFact[];
  readonly workers: readonly WorkerFact[];
  /** What the file's top level declares. */
  readonly names: ReadonlyMap<string, Expression>;
  readonly exports: ReadonlyMap<string, Expression>;
  /** Modules whose exports are all passed on. */
  readonly starExports: readonly string[];
  readonly dependencies: readonly Dependency[];
  /** Present for IDL documents and for the schema files they refer to. */
  readonly idl: IdlFacts | undefined;
}

export function emptyFacts(uri: DocumentUri, language: SourceLanguage): FileFacts {
  return {
    uri,
    language,
    services: [],
    handlerSets: [],
    clients: [],
    calls: [],
    workers: [],
    names: new Map(),
    exports: new Map(),
    starExports: [],
    dependencies: [],
    idl: undefined,
  };
}
