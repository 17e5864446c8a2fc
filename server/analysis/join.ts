import type {
  Call,
  ContractModel,
  EndpointUse,
  Handler,
  Operation,
  Service,
  ServiceKey,
  ServiceLink,
  Site,
  Worker,
} from './contract-model.ts';
import type { FactId } from './expression.ts';
import type { CallFact, FileFacts, HandlerSetFact, ServiceFact } from './facts.ts';
import { joinIdl } from './join-idl.ts';
import { Resolver, type PlacedEntry, type Resolved } from './resolver.ts';
import { isWithin, type DocumentUri } from './uri.ts';

/** Joins the facts of all files into one model. Pure: the same facts give the same model. */
export function joinFacts(
  files: ReadonlyMap<DocumentUri, FileFacts>,
  folders: readonly DocumentUri[],
): ContractModel {
  return new Joiner(files, folders).join();
}

class Joiner {
  readonly #files: ReadonlyMap<DocumentUri, FileFacts>;
  readonly #folders: readonly DocumentUri[];
  readonly #resolver: Resolver;
  readonly #services = new Map<ServiceKey, Service>();
  /** The workers that register a handler set. */
  readonly #workersOf = new Map<string, Worker[]>();

  constructor(files: ReadonlyMap<DocumentUri, FileFacts>, folders: readonly DocumentUri[]) {
    // In order of address, so that the model does not depend on the order in which files were read.
    this.#files = new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
    this.#folders = [...folders].sort((left, right) => right.length - left.length);
    this.#resolver = new Resolver(this.#files);
  }

  join(): ContractModel {
    const all = [...this.#files.values()];
    for (const file of all) for (const fact of file.services) this.#addService(file, fact);
    const workers = all.flatMap((file) => this.#joinWorkers(file));
    const handlers = all.flatMap((file) =>
      file.handlerSets.flatMap((set) => this.#joinHandlers(file.uri, set)),
    );
    const calls = all.flatMap((file) => file.calls.map((call) => this.#joinCall(file.uri, call)));
    const services = [...this.#services.values()];
    const idlDocuments = joinIdl(this.#files, services);
    const sites = new Map<DocumentUri, Site[]>();
    const addSite = (uri: DocumentUri, site: Site): void => {
      const own = sites.get(uri) ?? [];
      own.push(site);
      sites.set(uri, own);
    };
    for (const call of calls) addSite(call.place.uri, { kind: 'call', call, range: call.place.range });
    for (const handler of handlers) {
      addSite(handler.place.uri, { kind: 'handler', handler, range: handler.place.range });
    }
    for (const operation of services.flatMap((service) => service.operations)) {
      addSite(operation.place.uri, { kind: 'operation', operation, range: operation.place.range });
    }
    for (const { uri, references } of idlDocuments) {
      for (const reference of references) {
        addSite(uri, { kind: 'reference', reference, range: reference.reference.range });
      }
    }
    return {
      services,
      handlers,
      calls,
      workers,
      endpointUses: all.flatMap((file) => this.#joinEndpointUses(file)),
      idlDocuments,
      sitesIn: (uri) => sites.get(uri) ?? [],
      workspaceFolderOf: (uri) => this.#folders.find((folder) => isWithin(uri, folder)),
    };
  }

  #addService(file: FileFacts, fact: ServiceFact): void {
    const key = serviceKeyOf(file.uri, fact.id);
    const record = this.#resolver.resolve(fact.operations, file.uri);
    const operations: Operation[] = [];
    const service: Service = {
      key,
      language: file.language,
      place: { uri: file.uri, range: fact.nameRange },
      wireName: this.#resolver.textOf(fact.wireName, file.uri),
      symbol: fact.symbol,
      operations,
      complete: record.kind === 'record' && record.complete,
    };
    for (const placed of record.kind === 'record' ? record.entries : []) {
      operations.push(this.#joinOperation(service, placed));
    }
    this.#services.set(key, service);
  }

  #joinOperation(service: Service, { uri, entry }: PlacedEntry): Operation {
    const { wireName, otherWireName } = this.#wireName(entry.name, this.#resolver.resolve(entry.value, uri));
    return { service, codeName: entry.name, wireName, otherWireName, place: { uri, range: entry.nameRange } };
  }

  #wireName(codeName: string, value: Resolved): Pick<Operation, 'wireName' | 'otherWireName'> {
    if (value.kind !== 'operation') return { wireName: undefined, otherWireName: undefined };
    const { wireName, otherWireName } = value.definition;
    if (wireName === undefined) return { wireName: codeName, otherWireName };
    const name = this.#resolver.resolve(wireName, value.uri);
    if (name.kind === 'absent') return { wireName: codeName, otherWireName };
    return { wireName: name.kind === 'text' ? name.value : undefined, otherWireName };
  }

  #joinWorkers(file: FileFacts): readonly Worker[] {
    return file.workers.map((fact) => {
      const worker: Worker = {
        place: { uri: file.uri, range: fact.range },
        taskQueue: this.#resolver.textOf(fact.taskQueue, file.uri),
      };
      const services = this.#resolver.resolve(fact.services, file.uri);
      for (const item of services.kind === 'list' ? services.items : []) {
        const set = services.kind === 'list' ? this.#resolver.resolve(item, services.uri) : undefined;
        if (set?.kind !== 'handler-set') continue;
        const key = `${set.uri}#${set.fact.id}`;
        this.#workersOf.set(key, [...(this.#workersOf.get(key) ?? []), worker]);
      }
      return worker;
    });
  }

  #joinHandlers(uri: DocumentUri, set: HandlerSetFact): readonly Handler[] {
    const service = this.#linkTo(this.#resolver.resolve(set.service, uri));
    const record = this.#resolver.resolve(set.handlers, uri);
    const workers = this.#workersOf.get(`${uri}#${set.id}`) ?? [];
    if (record.kind !== 'record') return [];
    return record.entries.map((placed) => ({
      service,
      codeName: placed.entry.name,
      place: { uri: placed.uri, range: placed.entry.nameRange },
      workers,
      ...this.#handling(this.#resolver.resolve(placed.entry.value, placed.uri)),
    }));
  }

  #handling(value: Resolved): Pick<Handler, 'form' | 'workflow'> {
    if (value.kind === 'handler') {
      return {
        form: value.form,
        workflow:
          value.starts === undefined
            ? undefined
            : workflowName(value.starts, (text) => this.#resolver.textOf(text, value.uri)),
      };
    }
    const hasStart = value.kind === 'record' && value.entries.some(({ entry }) => entry.name === 'start');
    return { form: hasStart ? 'custom' : 'unknown', workflow: undefined };
  }

  #joinCall(uri: DocumentUri, fact: CallFact): Call {
    const client = this.#resolver.resolve(fact.client, uri);
    const operation = this.#resolver.resolve(fact.operation, uri);
    const byClient =
      client.kind === 'client'
        ? this.#linkTo(this.#resolver.resolve(client.fact.service, client.uri))
        : unresolved;
    const named = this.#operationNamed(operation);
    return {
      // The client decides which service is called; the operation's own says it where the client is unknown.
      service: byClient.confidence === 'unresolved' ? named.service : byClient,
      codeName: named.codeName,
      place: { uri, range: fact.operationRange },
      endpoint:
        client.kind === 'client' ? this.#resolver.textOf(client.fact.endpoint, client.uri) : undefined,
      method: fact.method,
    };
  }

  #operationNamed(operation: Resolved): {
    readonly service: ServiceLink;
    readonly codeName: string | undefined;
  } {
    switch (operation.kind) {
      case 'text':
        return { service: unresolved, codeName: operation.value };
      case 'operation-of':
        return {
          service: this.#linkTo({ kind: 'service', uri: operation.uri, fact: operation.fact }),
          codeName: operation.codeName,
        };
      case 'package': {
        if (operation.path.at(-2) !== 'operations') return { service: unresolved, codeName: undefined };
        const service = this.#linkTo({ kind: 'package', path: operation.path.slice(0, -2) });
        return { service, codeName: operation.path.at(-1) };
      }
      default:
        return { service: unresolved, codeName: undefined };
    }
  }

  #linkTo(resolved: Resolved): ServiceLink {
    if (resolved.kind === 'service') {
      const key = serviceKeyOf(resolved.uri, resolved.fact.id);
      const service = this.#services.get(key);
      return service === undefined ? unresolved : { confidence: 'symbol', key, service };
    }
    if (resolved.kind !== 'package' || resolved.path.length < 2) return unresolved;
    return {
      confidence: 'package',
      key: `package:${resolved.path.join('#')}` as ServiceKey,
      service: undefined,
    };
  }

  #joinEndpointUses(file: FileFacts): readonly EndpointUse[] {
    return file.clients.flatMap((client) => {
      if (client.endpointRange === undefined) return [];
      const name = this.#resolver.textOf(client.endpoint, file.uri);
      return [{ name, place: { uri: file.uri, range: client.endpointRange } }];
    });
  }
}

const unresolved: ServiceLink = { confidence: 'unresolved', key: undefined, service: undefined };

const serviceKeyOf = (uri: DocumentUri, id: FactId): ServiceKey => `${uri}#${id}` as ServiceKey;

/** A workflow function's name is its type's name; so is a text. */
function workflowName(
  starts: NonNullable<Extract<Resolved, { kind: 'handler' }>['starts']>,
  textOf: (expression: typeof starts) => string | undefined,
): string | undefined {
  const text = textOf(starts);
  if (text !== undefined) return text;
  if (starts.kind === 'name' || starts.kind === 'import' || starts.kind === 'member') return starts.name;
  return undefined;
}
