import type { Expression, FactId, HandlerForm, OperationExpression, RecordEntry } from './expression.ts';
import type { ClientFact, FileFacts, HandlerSetFact, ServiceFact } from './facts.ts';
import type { DocumentUri } from './uri.ts';

/** What an expression turned out to be, with all files at hand. */
export type Resolved =
  | { readonly kind: 'text'; readonly value: string }
  | ResolvedRecord
  | {
      readonly kind: 'list';
      readonly items: readonly Expression[];
      readonly complete: boolean;
      readonly uri: DocumentUri;
    }
  | { readonly kind: 'service'; readonly uri: DocumentUri; readonly fact: ServiceFact }
  | { readonly kind: 'handler-set'; readonly uri: DocumentUri; readonly fact: HandlerSetFact }
  | { readonly kind: 'client'; readonly uri: DocumentUri; readonly fact: ClientFact }
  | { readonly kind: 'operations-of'; readonly uri: DocumentUri; readonly fact: ServiceFact }
  | {
      readonly kind: 'operation-of';
      readonly uri: DocumentUri;
      readonly fact: ServiceFact;
      readonly codeName: string;
    }
  | { readonly kind: 'operation'; readonly uri: DocumentUri; readonly definition: OperationExpression }
  | {
      readonly kind: 'handler';
      readonly uri: DocumentUri;
      readonly form: HandlerForm;
      readonly starts: Expression | undefined;
    }
  | { readonly kind: 'module'; readonly uri: DocumentUri }
  /** Something in a package: the module, the export, then members. */
  | { readonly kind: 'package'; readonly path: readonly string[] }
  /** A member that a fully known record does not have. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

export interface ResolvedRecord {
  readonly kind: 'record';
  readonly entries: readonly PlacedEntry[];
  readonly complete: boolean;
}

/** A record's entry and the document it is written in: spreads bring entries from elsewhere. */
export interface PlacedEntry {
  readonly uri: DocumentUri;
  readonly entry: RecordEntry;
}

/** Names are at most 1000 bytes; longer texts are no names and could be built to grow without end. */
const textLengthMax = 4096;

/** Names of names end somewhere; a longer way is no program that anybody wrote. */
const depthMax = 200;

const unknown: Resolved = { kind: 'unknown' };

/** Follows expressions through names, imports and re-exports. Every expression is looked at once. */
export class Resolver {
  readonly #files: ReadonlyMap<DocumentUri, FileFacts>;
  readonly #known = new Map<Expression, Resolved>();
  readonly #exportsInProgress = new Set<string>();
  #depth = 0;

  constructor(files: ReadonlyMap<DocumentUri, FileFacts>) {
    this.#files = files;
  }

  resolve(expression: Expression, uri: DocumentUri): Resolved {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    if (this.#depth >= depthMax) return unknown;
    // An expression that leads back to itself finds this and ends there.
    this.#known.set(expression, unknown);
    this.#depth += 1;
    const resolved = this.#resolve(expression, uri);
    this.#depth -= 1;
    this.#known.set(expression, resolved);
    return resolved;
  }

  textOf(expression: Expression, uri: DocumentUri): string | undefined {
    const resolved = this.resolve(expression, uri);
    return resolved.kind === 'text' ? resolved.value : undefined;
  }

  #resolve(expression: Expression, uri: DocumentUri): Resolved {
    switch (expression.kind) {
      case 'text':
        return { kind: 'text', value: expression.value };
      case 'concatenation':
        return this.#concatenate(expression.parts, uri);
      case 'name': {
        const meaning = this.#files.get(uri)?.names.get(expression.name);
        return meaning === undefined ? unknown : this.resolve(meaning, uri);
      }
      case 'import':
        return this.#import(uri, expression.module, expression.name);
      case 'member':
        return this.#member(this.resolve(expression.of, uri), expression.name);
      case 'record':
        return this.#record(expression, uri);
      case 'list':
        return { kind: 'list', items: expression.items, complete: expression.complete, uri };
      case 'fact':
        return this.#fact(uri, expression.id);
      case 'operation':
        return { kind: 'operation', uri, definition: expression };
      case 'handler':
        return { kind: 'handler', uri, form: expression.form, starts: expression.starts };
      case 'unknown':
        return unknown;
    }
  }

  #concatenate(parts: readonly Expression[], uri: DocumentUri): Resolved {
    let value = '';
    for (const part of parts) {
      const text = this.textOf(part, uri);
      if (text === undefined || value.length + text.length > textLengthMax) return unknown;
      value += text;
    }
    return { kind: 'text', value };
  }

  #import(from: DocumentUri, module: string, name: string): Resolved {
    const dependency = this.#files.get(from)?.dependencies.find((candidate) => candidate.module === module);
    if (dependency === undefined) {
      if (module.startsWith('.')) return unknown;
      return { kind: 'package', path: name === '*' ? [module] : [module, name] };
    }
    const target = dependency.candidates.find((candidate) => this.#files.has(candidate));
    if (target === undefined) return unknown;
    return name === '*' ? { kind: 'module', uri: target } : this.#export(target, name);
  }

  #export(uri: DocumentUri, name: string): Resolved {
    const mark = `${uri}#${name}`;
    if (this.#exportsInProgress.has(mark)) return unknown;
    this.#exportsInProgress.add(mark);
    try {
      return this.#findExport(uri, name);
    } finally {
      this.#exportsInProgress.delete(mark);
    }
  }

  #findExport(uri: DocumentUri, name: string): Resolved {
    const file = this.#files.get(uri);
    const own = file?.exports.get(name);
    if (own !== undefined) return this.resolve(own, uri);
    for (const module of name === 'default' ? [] : (file?.starExports ?? [])) {
      const passedOn = this.#import(uri, module, name);
      // A package that passes everything on may have any name, so it proves nothing.
      if (passedOn.kind !== 'unknown' && passedOn.kind !== 'package') return passedOn;
    }
    return unknown;
  }

  #member(of: Resolved, name: string): Resolved {
    switch (of.kind) {
      case 'module':
        return this.#export(of.uri, name);
      case 'package':
        return { kind: 'package', path: [...of.path, name] };
      case 'record': {
        const found = of.entries.find(({ entry }) => entry.name === name);
        if (found !== undefined) return this.resolve(found.entry.value, found.uri);
        return of.complete ? { kind: 'absent' } : unknown;
      }
      case 'service':
        if (name === 'operations') return { kind: 'operations-of', uri: of.uri, fact: of.fact };
        return name === 'name' ? this.resolve(of.fact.wireName, of.uri) : unknown;
      case 'operations-of':
        return { kind: 'operation-of', uri: of.uri, fact: of.fact, codeName: name };
      case 'absent':
        return of;
      case 'text':
      case 'list':
      case 'handler-set':
      case 'client':
      case 'operation-of':
      case 'operation':
      case 'handler':
      case 'unknown':
        return unknown;
    }
  }

  #record(record: Extract<Expression, { kind: 'record' }>, uri: DocumentUri): ResolvedRecord {
    const entries = new Map<string, PlacedEntry>();
    let complete = record.complete;
    for (const spread of record.spreads) {
      const poured = this.resolve(spread, uri);
      if (poured.kind !== 'record') complete = false;
      else {
        complete &&= poured.complete;
        for (const placed of poured.entries) entries.set(placed.entry.name, placed);
      }
    }
    // Entries written out come last, as they nearly always do in the text.
    for (const entry of record.entries) entries.set(entry.name, { uri, entry });
    return { kind: 'record', entries: [...entries.values()], complete };
  }

  #fact(uri: DocumentUri, id: FactId): Resolved {
    const file = this.#files.get(uri);
    const service = file?.services.find((fact) => fact.id === id);
    if (service !== undefined) return { kind: 'service', uri, fact: service };
    const handlerSet = file?.handlerSets.find((fact) => fact.id === id);
    if (handlerSet !== undefined) return { kind: 'handler-set', uri, fact: handlerSet };
    const client = file?.clients.find((fact) => fact.id === id);
    return client === undefined ? unknown : { kind: 'client', uri, fact: client };
  }
}
