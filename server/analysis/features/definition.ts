import type { CancellationToken } from '../cancellation.ts';
import {
  meetOnTheWire,
  operationOf,
  type ContractModel,
  type Handler,
  type Operation,
  type Site,
} from '../contract-model.ts';
import { contains, type OffsetRange, type Place } from '../document.ts';
import { comparePlaces, handlersOf, rankHandlers } from '../ranking.ts';
import type { DocumentUri } from '../uri.ts';
import type { WorkspaceIndex } from '../workspace-index.ts';

export interface Definition {
  /** The text that was asked about. */
  readonly origin: OffsetRange;
  /** Best first. */
  readonly targets: readonly Place[];
}

/**
 * Go to definition. From a call to its handlers, or to the contract where none is known; from a handler to the
 * contract; from a contract to the IDL it was generated from; within IDL, from a `$ref` to its type and from an
 * operation to what handles it.
 */
export async function definition(
  index: WorkspaceIndex,
  uri: DocumentUri,
  offset: number,
  token: CancellationToken,
): Promise<Definition | undefined> {
  const model = await index.model();
  if (token.isCancellationRequested) return undefined;
  const site = model.sitesIn(uri).find(({ range }) => contains(range, offset));
  if (site === undefined) return undefined;
  const targets = targetsOf(model, site, uri);
  return targets.length === 0 ? undefined : { origin: site.range, targets };
}

function targetsOf(model: ContractModel, site: Site, uri: DocumentUri): readonly Place[] {
  switch (site.kind) {
    case 'call': {
      const handlers = handlersOf(model, site.call);
      if (handlers.length > 0) return placesOf(handlers);
      const operation = operationOf(site.call.service, site.call.codeName);
      return operation === undefined ? [] : [operation.place];
    }
    case 'handler': {
      const operation = operationOf(site.handler.service, site.handler.codeName);
      return operation === undefined ? [] : [operation.place];
    }
    case 'operation':
      return fromContract(model, site.operation, uri);
    case 'reference': {
      const { outcome } = site.reference;
      return outcome.kind === 'found' ? [outcome.place] : [];
    }
  }
}

/** From IDL to the handlers and the contracts generated from it; from such a contract back to the IDL. */
function fromContract(model: ContractModel, operation: Operation, uri: DocumentUri): readonly Place[] {
  const counterparts = model.services
    .flatMap((service) => service.operations)
    .filter((other) => other !== operation && meetOnTheWire(operation, other));
  if (operation.service.language !== 'idl') {
    const sources = counterparts.filter((other) => other.service.language === 'idl');
    return sources.map(({ place }) => place).sort(comparePlaces);
  }
  const contracts = counterparts.filter((other) => other.service.language !== 'idl');
  const handlers = model.handlers.filter((handler) => {
    const handled = operationOf(handler.service, handler.codeName);
    return handled !== undefined && contracts.includes(handled);
  });
  return [
    ...placesOf(rankHandlers(model, handlers, uri)),
    ...contracts.map(({ place }) => place).sort(comparePlaces),
  ];
}

const placesOf = (handlers: readonly Handler[]): readonly Place[] => handlers.map(({ place }) => place);
