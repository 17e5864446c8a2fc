import { ok } from '../../base/result.ts';
import {
  indexedValueTypes,
  type IndexedValueType,
  type SearchAttributeTypes,
} from '../../protocol/temporal/visibility-methods.ts';
import type { EngineState, Namespace } from '../state.ts';
import { refuse, type MethodHandler } from '../turn.ts';
import { changeNamespace, namespaceNotFound } from './namespaces.ts';

/*
 * Which search attributes there are: those of every run, those that SDKs and the server set, and those that people
 * add to a namespace. The server's SQL stores keep the last ones in columns, so there are only so many of each type.
 */

/** Of every run; nobody can set them. */
export const systemAttributes = {
  WorkflowId: 'KEYWORD',
  RunId: 'KEYWORD',
  WorkflowType: 'KEYWORD',
  StartTime: 'DATETIME',
  ExecutionTime: 'DATETIME',
  CloseTime: 'DATETIME',
  ExecutionStatus: 'KEYWORD',
  TaskQueue: 'KEYWORD',
  HistoryLength: 'INT',
  ExecutionDuration: 'INT',
  ParentWorkflowId: 'KEYWORD',
  ParentRunId: 'KEYWORD',
  RootWorkflowId: 'KEYWORD',
  RootRunId: 'KEYWORD',
} as const satisfies SearchAttributeTypes;

/** Known everywhere, and set by whoever starts a run or by its worker. */
const predefinedAttributes: SearchAttributeTypes = {
  BatcherNamespace: 'KEYWORD',
  BatcherUser: 'KEYWORD',
  BinaryChecksums: 'KEYWORD_LIST',
  BuildIds: 'KEYWORD_LIST',
  TemporalChangeVersion: 'KEYWORD_LIST',
  TemporalNamespaceDivision: 'KEYWORD',
  TemporalPauseInfo: 'KEYWORD_LIST',
  TemporalReportedProblems: 'KEYWORD_LIST',
  TemporalScheduledById: 'KEYWORD',
  TemporalScheduledStartTime: 'DATETIME',
  TemporalSchedulePaused: 'BOOL',
};

const reserved: SearchAttributeTypes = { ...systemAttributes, ...predefinedAttributes };

/** How many a namespace can have of each type. */
const perTypeMax: Readonly<Record<IndexedValueType, number>> = {
  BOOL: 3,
  DATETIME: 3,
  DOUBLE: 3,
  INT: 3,
  KEYWORD: 10,
  KEYWORD_LIST: 3,
  TEXT: 3,
};

/** Those of a namespace that a run can be given. */
export const settableAttributes = (state: EngineState, namespace: string): SearchAttributeTypes => ({
  ...state.namespaces.get(namespace)?.searchAttributes,
  ...predefinedAttributes,
});

export const listSearchAttributes: MethodHandler<'listSearchAttributes'> = (turn, { namespace = '' }) => {
  const found = turn.state.namespaces.get(namespace);
  if (found === undefined) return namespaceNotFound(namespace);
  return ok({ customAttributes: found.searchAttributes ?? {}, systemAttributes: reserved });
};

export const getSearchAttributes: MethodHandler<'getSearchAttributes'> = () => ok({ keys: reserved });

/** Adding one again, with whatever type, changes nothing. */
export const addSearchAttributes: MethodHandler<'addSearchAttributes'> = (turn, request) => {
  const { namespace: name = '', searchAttributes = {} } = request;
  if (Object.keys(searchAttributes).length === 0) return notSet;
  const problem = typeProblem(searchAttributes);
  if (problem !== undefined) return refuse('INVALID_ARGUMENT', problem);
  const namespace = turn.state.namespaces.get(name);
  if (namespace === undefined) return namespaceNotFound(name);
  const present = new Map(Object.entries(namespace.searchAttributes ?? {}));
  for (const [attribute, type] of Object.entries(searchAttributes)) {
    if (present.has(attribute) || !isType(type)) continue;
    if ([...present.values()].filter((other) => other === type).length >= perTypeMax[type]) {
      return refuse(
        'INVALID_ARGUMENT',
        `Unable to create search attributes: cannot have more than ${perTypeMax[type]} search attribute of type ${spelled(type)}.`,
      );
    }
    present.set(attribute, type);
  }
  changeNamespace(turn, withAttributes(namespace, present));
  return ok({});
};

/** Removing one that is not there changes nothing. Runs keep the values that they have. */
export const removeSearchAttributes: MethodHandler<'removeSearchAttributes'> = (turn, request) => {
  const { namespace: name = '', searchAttributes = [] } = request;
  if (searchAttributes.length === 0) return notSet;
  const namespace = turn.state.namespaces.get(name);
  if (namespace === undefined) return namespaceNotFound(name);
  const present = new Map(Object.entries(namespace.searchAttributes ?? {}));
  for (const attribute of searchAttributes) {
    if (Object.hasOwn(reserved, attribute)) {
      return refuse('INVALID_ARGUMENT', `Unable to remove non-custom search attributes: ${attribute}.`);
    }
    present.delete(attribute);
  }
  changeNamespace(turn, withAttributes(namespace, present));
  return ok({});
};

const notSet = refuse('INVALID_ARGUMENT', 'SearchAttributes are not set on request.');

function typeProblem(asked: Readonly<Record<string, string>>): string | undefined {
  for (const [attribute, type] of Object.entries(asked)) {
    if (Object.hasOwn(reserved, attribute)) return `Search attribute ${attribute} is reserved by system.`;
    if (!isType(type)) return `Unknown search attribute type: ${type}.`;
  }
  return undefined;
}

const isType = (type: string): type is IndexedValueType =>
  (indexedValueTypes as readonly string[]).includes(type);

const withAttributes = (
  namespace: Namespace,
  attributes: ReadonlyMap<string, IndexedValueType>,
): Namespace => ({ ...namespace, searchAttributes: Object.fromEntries(attributes) });

/** `KEYWORD_LIST` → `KeywordList`, as payloads and messages write it. */
export const spelled = (type: IndexedValueType): string =>
  type
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
