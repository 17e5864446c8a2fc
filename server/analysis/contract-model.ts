import type { Brand } from '../../simulator/base/brand.ts';
import type { OffsetRange, Place } from './document.ts';
import type { HandlerForm } from './expression.ts';
import type { SourceLanguage } from './facts.ts';
import type { IdlDialect, IdlProblem, IdlReference, NamedRange } from './idl-facts.ts';
import type { DocumentUri } from './uri.ts';

/** What the whole workspace says about Nexus, joined over files and languages. Rules and features read only this. */
export interface ContractModel {
  readonly services: readonly Service[];
  readonly handlers: readonly Handler[];
  readonly calls: readonly Call[];
  readonly workers: readonly Worker[];
  readonly endpointUses: readonly EndpointUse[];
  readonly idlDocuments: readonly IdlDocument[];
  /** What stands at places in one document, in no particular order. */
  sitesIn(uri: DocumentUri): readonly Site[];
  /** The innermost workspace folder of a document; documents outside all folders share `undefined`. */
  workspaceFolderOf(uri: DocumentUri): DocumentUri | undefined;
}

/** One identity per contract, also for a contract in a package that cannot be read. */
export type ServiceKey = Brand<string, 'ServiceKey'>;

export interface Service {
  readonly key: ServiceKey;
  readonly language: SourceLanguage;
  readonly place: Place;
  /** `undefined` where the text does not tell. */
  readonly wireName: string | undefined;
  /** What the code calls it. */
  readonly symbol: string | undefined;
  readonly operations: readonly Operation[];
  /** Whether `operations` are all there are. */
  readonly complete: boolean;
}

export interface Operation {
  readonly service: Service;
  readonly codeName: string;
  readonly wireName: string | undefined;
  readonly otherWireName: string | undefined;
  readonly place: Place;
}

/**
 * Which contract a handler set or client is for. `symbol`: its declaration was found. `package`: it comes from a
 * package that cannot be read, so it is known by name only. `unresolved`: the text does not tell.
 */
export type ServiceLink =
  | { readonly confidence: 'symbol'; readonly key: ServiceKey; readonly service: Service }
  | { readonly confidence: 'package'; readonly key: ServiceKey; readonly service: undefined }
  | { readonly confidence: 'unresolved'; readonly key: undefined; readonly service: undefined };

export interface Handler {
  readonly service: ServiceLink;
  readonly codeName: string;
  readonly place: Place;
  readonly form: HandlerForm;
  /** The workflow type behind it, where the text names one. */
  readonly workflow: string | undefined;
  /** The workers that register the handler, as far as the text tells. */
  readonly workers: readonly Worker[];
}

export interface Worker {
  readonly place: Place;
  readonly taskQueue: string | undefined;
}

export interface Call {
  readonly service: ServiceLink;
  /** `undefined` where the text does not tell which operation is called. */
  readonly codeName: string | undefined;
  readonly place: Place;
  readonly endpoint: string | undefined;
  readonly method: 'execute' | 'start';
}

/** A place where code names an endpoint; `undefined` where the name is only known at run time. */
export interface EndpointUse {
  readonly name: string | undefined;
  readonly place: Place;
}

export interface IdlDocument {
  readonly uri: DocumentUri;
  readonly dialect: IdlDialect;
  readonly problems: readonly IdlProblem[];
  readonly services: readonly Service[];
  readonly types: readonly NamedRange[];
  readonly references: readonly ResolvedReference[];
}

export interface ResolvedReference {
  readonly reference: IdlReference;
  readonly outcome: ReferenceOutcome;
}

export type ReferenceOutcome =
  | { readonly kind: 'found'; readonly place: Place }
  | { readonly kind: 'empty' | 'remote' }
  | { readonly kind: 'no-such-file'; readonly path: string }
  /** The file is there and the pointer is not, or the dialect does not allow it. `known`: what it may be. */
  | { readonly kind: 'no-such-entry'; readonly pointer: string; readonly known: readonly string[] };

/** What a caret may stand on. */
export type Site = { readonly range: OffsetRange } & (
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'handler'; readonly handler: Handler }
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'reference'; readonly reference: ResolvedReference }
);

/** The operation a code name means in a service whose declaration was found. */
export function operationOf(link: ServiceLink, codeName: string | undefined): Operation | undefined {
  return link.service?.operations.find((operation) => operation.codeName === codeName);
}

/** Whether two operations meet on the wire, whatever languages they are written in. */
export function meetOnTheWire(left: Operation, right: Operation): boolean {
  if (left.service.wireName === undefined || left.service.wireName !== right.service.wireName) return false;
  return wireNamesOf(left).some((name) => wireNamesOf(right).includes(name));
}

export function wireNamesOf({ wireName, otherWireName }: Operation): readonly string[] {
  return [wireName, otherWireName].filter((name) => name !== undefined);
}
