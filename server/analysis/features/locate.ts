import type { CancellationToken } from '../cancellation.ts';
import {
  operationOf,
  wireNamesOf,
  type Call,
  type ContractModel,
  type Handler,
  type Operation,
  type Worker,
} from '../contract-model.ts';
import type { Place } from '../document.ts';
import { comparePlaces, isTest } from '../ranking.ts';
import type { WorkspaceIndex } from '../workspace-index.ts';

/** Which side of an operation is looked for, and its names as on the wire. */
export interface Wanted {
  readonly role: 'handler' | 'caller' | 'contract';
  readonly service: string;
  readonly operation: string;
}

/**
 * Finds the code of an operation that is known by its names: the wanted side; where there is none, its contracts,
 * those in code before those in IDL. Names are compared as on the wire; only if nothing matches, as in the code.
 */
export async function locate(
  index: WorkspaceIndex,
  wanted: Wanted,
  token: CancellationToken,
): Promise<readonly Place[]> {
  const model = await index.model();
  if (token.isCancellationRequested) return [];
  const byWire = placesOf(model, wanted, (operation) => isOnTheWire(operation, wanted));
  return byWire.length > 0 ? byWire : placesOf(model, wanted, (operation) => isInTheCode(operation, wanted));
}

type Matches = (operation: Operation) => boolean;

function placesOf(model: ContractModel, wanted: Wanted, matches: Matches): readonly Place[] {
  const contracts = model.services.flatMap((service) => service.operations).filter(matches);
  const inCode = contracts.filter((operation) => operation.service.language !== 'idl');
  const inIdl = contracts.filter((operation) => operation.service.language === 'idl');
  const side = ordered(model, sideCandidates(model, wanted, matches));
  return side.length > 0 ? side : [inCode, inIdl].flatMap((group) => ordered(model, group));
}

/** A place that may be shown, and whether a worker is known to serve it. */
interface Candidate {
  readonly place: Place;
  readonly workers?: readonly Worker[];
}

function sideCandidates(model: ContractModel, { role }: Wanted, matches: Matches): readonly Candidate[] {
  const isMatch = ({ service, codeName }: Call | Handler): boolean => {
    const operation = operationOf(service, codeName);
    return operation !== undefined && matches(operation);
  };
  switch (role) {
    case 'handler':
      return model.handlers.filter(isMatch);
    case 'caller':
      return model.calls.filter(isMatch);
    case 'contract':
      return [];
  }
}

/** Tests last, what no worker registers behind what one does, otherwise by address. */
function ordered(model: ContractModel, candidates: readonly Candidate[]): readonly Place[] {
  const rank = ({ place, workers }: Candidate): number =>
    (isTest(model, place.uri) ? 2 : 0) + (workers?.length === 0 ? 1 : 0);
  return [...candidates]
    .sort((left, right) => rank(left) - rank(right) || comparePlaces(left.place, right.place))
    .map(({ place }) => place);
}

const isOnTheWire = (operation: Operation, wanted: Wanted): boolean =>
  operation.service.wireName === wanted.service && wireNamesOf(operation).includes(wanted.operation);

function isInTheCode({ service, codeName }: Operation, wanted: Wanted): boolean {
  return codeName === wanted.operation && [service.symbol, service.wireName].includes(wanted.service);
}
