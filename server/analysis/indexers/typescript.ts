import type { Document, OffsetRange } from '../document.ts';
import { factIdOf, unknownExpression, type Expression } from '../expression.ts';
import type { CallFact, ClientFact, FileFacts, HandlerSetFact, ServiceFact, WorkerFact } from '../facts.ts';
import { childrenOf, type GrammarName, type SyntaxNode, type SyntaxParser } from '../syntax-tree.ts';
import type { DocumentUri } from '../uri.ts';
import type { Indexer } from './indexer.ts';
import { Bindings } from './typescript/bindings.ts';
import { argumentsOf, Evaluator, memberOf } from './typescript/evaluate.ts';
import { dependenciesOf, passedOnModules, surfaceOf } from './typescript/modules.ts';
import { callFormOf } from './typescript/sdk-forms.ts';

/** Finds Nexus in TypeScript and JavaScript. Types are left to the editor's own TypeScript support. */
export const typescriptIndexer: Indexer = {
  language: 'typescript',
  reads: (uri) => isSource(uri),
  looksInto: (uri) => isSource(uri),
  concerns: (text) => mentionsNexus(text),
  index: (document, parser) => indexDocument(document, parser),
};

const isSource = (uri: DocumentUri): boolean => /\.(?:[mc]?[jt]s|[jt]sx)$/.test(uri);
/** A caller whose client comes from another file may not say the word. */
const mentionsNexus = (text: string): boolean => /nexus|(?:execute|start)Operation/i.test(text);

function indexDocument(document: Document, parser: SyntaxParser): FileFacts {
  return parser.parse(grammarOf(document.uri), document.text, (root) => {
    const gathered = new FactGatherer(root);
    const names = gathered.names();
    const surface = surfaceOf(gathered.bindings, gathered.evaluator);
    const passedOn = mentionsNexus(document.text) ? undefined : passedOnModules(surface, names);
    gathered.gather();
    return {
      uri: document.uri,
      language: 'typescript',
      services: gathered.services,
      handlerSets: gathered.handlerSets,
      clients: [...gathered.clients.values()],
      calls: gathered.calls,
      workers: gathered.workers,
      names,
      exports: surface.exports,
      starExports: surface.starExports,
      dependencies: dependenciesOf(document.uri, gathered.bindings.importedModules, passedOn),
      idl: undefined,
    };
  });
}

/** JavaScript may hold JSX in any file; TypeScript only in `.tsx`, where `<T>x` is no cast. */
const grammarOf = (uri: DocumentUri): GrammarName =>
  /(?:[jt]sx|\.[mc]?js)$/.test(uri) ? 'tsx' : 'typescript';

class FactGatherer {
  readonly bindings: Bindings;
  readonly evaluator: Evaluator;
  readonly services: ServiceFact[] = [];
  readonly handlerSets: HandlerSetFact[] = [];
  readonly clients = new Map<string, ClientFact>();
  readonly calls: CallFact[] = [];
  readonly workers: WorkerFact[] = [];

  constructor(root: SyntaxNode) {
    this.bindings = new Bindings(root);
    this.evaluator = new Evaluator(this.bindings, (type) => this.#typedClient(type));
  }

  names(): ReadonlyMap<string, Expression> {
    const names = new Map<string, Expression>();
    for (const [name, binding] of this.bindings.topLevel) {
      names.set(name, this.evaluator.ofBinding(binding, name));
    }
    return names;
  }

  gather(): void {
    for (const call of this.bindings.calls) this.#gatherCall(call);
  }

  #gatherCall(call: SyntaxNode): void {
    const form = callFormOf(this.evaluator.calleeOf(call));
    switch (form) {
      case 'service':
        this.services.push(this.#service(call));
        return;
      case 'handler-set':
        this.handlerSets.push(this.#handlerSet(call));
        return;
      case 'workflow-client':
      case 'standalone-client': {
        const client = this.#client(call, form === 'workflow-client' ? 'workflow' : 'standalone');
        this.clients.set(client.id, client);
        return;
      }
      case 'worker':
        this.workers.push(this.#worker(call));
        return;
      case 'operation-call': {
        const fact = this.#operationCall(call);
        if (fact !== undefined) this.calls.push(fact);
        return;
      }
      case 'operation':
      case 'require':
      case 'other':
        return;
    }
  }

  #service(call: SyntaxNode): ServiceFact {
    const [name, operations] = argumentsOf(call);
    return {
      kind: 'service',
      id: factIdOf(rangeOf(call)),
      range: rangeOf(call),
      wireName: this.evaluator.evaluate(name),
      nameRange: rangeOf(name ?? call),
      symbol: variableHolding(call),
      operations: this.evaluator.evaluate(operations),
      confidence: 'certain',
    };
  }

  #handlerSet(call: SyntaxNode): HandlerSetFact {
    const [service, handlers] = argumentsOf(call);
    return {
      kind: 'handler-set',
      id: factIdOf(rangeOf(call)),
      range: rangeOf(call),
      service: this.evaluator.evaluate(service),
      handlers: this.evaluator.evaluate(handlers),
      confidence: 'certain',
    };
  }

  #client(call: SyntaxNode, side: ClientFact['side']): ClientFact {
    const [options] = argumentsOf(call);
    const meaning = this.evaluator.evaluate(options);
    return {
      kind: 'client',
      id: factIdOf(rangeOf(call)),
      range: rangeOf(call),
      service: memberOf(meaning, 'service'),
      endpoint: memberOf(meaning, 'endpoint'),
      endpointRange: options === undefined ? undefined : propertyRange(options, 'endpoint'),
      side,
      confidence: side === 'workflow' ? 'certain' : 'likely',
    };
  }

  /** A parameter or field declared as `NexusServiceClient<typeof service>`. */
  #typedClient(annotation: SyntaxNode): Expression {
    const generic = childrenOf(annotation).find((part) => part.type === 'generic_type');
    const name = generic?.childForFieldName('name')?.text.split('.').at(-1);
    const query = generic?.childForFieldName('type_arguments');
    const argument = query === null || query === undefined ? undefined : childrenOf(query)[0];
    if (name !== 'NexusServiceClient' || argument?.type !== 'type_query') return unknownExpression;
    const range = rangeOf(annotation);
    const client: ClientFact = {
      kind: 'client',
      id: factIdOf(range),
      range,
      service: this.evaluator.evaluate(childrenOf(argument)[0]),
      endpoint: unknownExpression,
      endpointRange: undefined,
      side: 'workflow',
      confidence: 'likely',
    };
    this.clients.set(client.id, client);
    return { kind: 'fact', id: client.id };
  }

  #worker(call: SyntaxNode): WorkerFact {
    const options = this.evaluator.evaluate(argumentsOf(call)[0]);
    return {
      kind: 'worker',
      range: rangeOf(call),
      taskQueue: memberOf(options, 'taskQueue'),
      services: memberOf(options, 'nexusServices'),
      confidence: 'certain',
    };
  }

  #operationCall(call: SyntaxNode): CallFact | undefined {
    const callee = call.childForFieldName('function');
    const [operation] = argumentsOf(call);
    if (callee === null || operation === undefined) return undefined;
    return {
      kind: 'call',
      range: rangeOf(call),
      client: this.evaluator.evaluate(callee.childForFieldName('object')),
      operation: this.evaluator.evaluate(operation),
      operationRange: operationNameRange(operation),
      method: callee.childForFieldName('property')?.text === 'startOperation' ? 'start' : 'execute',
    };
  }
}

const rangeOf = (node: SyntaxNode): OffsetRange => ({ start: node.startIndex, end: node.endIndex });

/** The name of the variable or field whose value a call is, through casts and parentheses. */
function variableHolding(call: SyntaxNode): string | undefined {
  let node = call;
  while (node.parent !== null && wrappers.has(node.parent.type)) node = node.parent;
  const holder = node.parent;
  if (holder?.type !== 'variable_declarator' && holder?.type !== 'public_field_definition') return undefined;
  return holder.childForFieldName('name')?.text;
}

const wrappers: ReadonlySet<string> = new Set([
  'as_expression',
  'satisfies_expression',
  'parenthesized_expression',
  'non_null_expression',
  'await_expression',
]);

/** In `service.operations.echo` the last name says which operation; a string says it whole. */
function operationNameRange(operation: SyntaxNode): OffsetRange {
  const property = operation.type === 'member_expression' ? operation.childForFieldName('property') : null;
  return rangeOf(property ?? operation);
}

function propertyRange(options: SyntaxNode, name: string): OffsetRange | undefined {
  if (options.type !== 'object') return undefined;
  for (const part of childrenOf(options)) {
    if (part.type === 'shorthand_property_identifier' && part.text === name) return rangeOf(part);
    const value = part.childForFieldName('value');
    if (part.type === 'pair' && part.childForFieldName('key')?.text === name && value !== null) {
      return rangeOf(value);
    }
  }
  return undefined;
}
