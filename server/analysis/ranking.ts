import { type Call, type ContractModel, type Handler, meetOnTheWire, operationOf } from './contract-model.ts';
import type { Place } from './document.ts';
import { folderDistance, sharedFolders, type DocumentUri } from './uri.ts';

/**
 * The handlers a call may reach, best first. The first level that answers decides: the same contract by symbol,
 * the same wire names in the caller's workspace folder, the same wire names anywhere.
 */
export function handlersOf(model: ContractModel, call: Call): readonly Handler[] {
  const { codeName, service } = call;
  if (codeName === undefined || service.key === undefined) return [];
  const bySymbol = model.handlers.filter(
    (handler) => handler.service.key === service.key && handler.codeName === codeName,
  );
  if (bySymbol.length > 0) return rankHandlers(model, bySymbol, call.place.uri);
  const called = operationOf(service, codeName);
  if (called === undefined) return [];
  const byWire = model.handlers.filter((handler) => {
    const handled = operationOf(handler.service, handler.codeName);
    return handled !== undefined && meetOnTheWire(called, handled);
  });
  const folder = model.workspaceFolderOf(call.place.uri);
  const near = byWire.filter((handler) => model.workspaceFolderOf(handler.place.uri) === folder);
  return rankHandlers(model, near.length > 0 ? near : byWire, call.place.uri);
}

/**
 * Best first: registered by the worker nearest to the caller in the folder tree; no test, for a caller that is
 * none; most folders shared with the caller; then by address.
 */
export function rankHandlers(
  model: ContractModel,
  handlers: readonly Handler[],
  caller: DocumentUri,
): readonly Handler[] {
  const callerIsTest = isTest(model, caller);
  const rank = (handler: Handler): readonly number[] => [
    nearestWorker(model, handler, caller),
    isTest(model, handler.place.uri) && !callerIsTest ? 1 : 0,
    -sharedFolders(caller, handler.place.uri),
  ];
  return handlers
    .map((handler) => ({ handler, rank: rank(handler) }))
    .sort(
      (left, right) =>
        compareRanks(left.rank, right.rank) || comparePlaces(left.handler.place, right.handler.place),
    )
    .map(({ handler }) => handler);
}

/** Orders places by file address, then by offset. */
export function comparePlaces(left: Place, right: Place): number {
  if (left.uri !== right.uri) return left.uri < right.uri ? -1 : 1;
  return left.range.start - right.range.start;
}

/** Whether a document is test code, judged by its path below the workspace folder. */
export function isTest(model: ContractModel, uri: DocumentUri): boolean {
  const folder = model.workspaceFolderOf(uri);
  const path = folder === undefined ? uri : uri.slice(folder.length);
  return /\/(?:tests?|__tests__|specs?|e2e)\/|[._-](?:test|spec)\.[^/]*$/i.test(path);
}

/** A test's worker serves tests; other callers count it only as if nobody registered the handler. */
function nearestWorker(model: ContractModel, handler: Handler, caller: DocumentUri): number {
  const callerIsTest = isTest(model, caller);
  const counted = handler.workers.filter((worker) => callerIsTest || !isTest(model, worker.place.uri));
  return Math.min(...counted.map((worker) => folderDistance(caller, worker.place.uri)));
}

function compareRanks(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
