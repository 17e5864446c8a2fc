import { byteLength, utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import type { EventBody } from '../../protocol/temporal/history.ts';
import { settableAttributes, spelled, systemAttributes } from '../registry/search-attributes.ts';
import type { EngineState, Execution, Upserted } from '../state.ts';
import { jsonOf, readAttribute } from '../visibility/attribute-value.ts';
import { startedAttributes } from './start-run.ts';

/*
 * What a run says about itself: its memo and its search attributes, which it can change while it runs.
 */

type Fields = Readonly<Record<string, Payload>>;

export function attributesOfRun(execution: Execution): Upserted {
  if (execution.upserted !== undefined) return execution.upserted;
  const { memo, searchAttributes } = startedAttributes(execution);
  return { memo: memo?.fields ?? {}, searchAttributes: searchAttributes?.indexedFields ?? {} };
}

/** Keeps what an event says about the run's own attributes. */
export function applyUpsert(
  execution: Execution,
  body: EventBody & {
    readonly eventType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES' | 'WORKFLOW_PROPERTIES_MODIFIED';
  },
): void {
  const { memo, searchAttributes } = attributesOfRun(execution);
  execution.upserted =
    body.eventType === 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'
      ? {
          memo,
          searchAttributes: merged(searchAttributes, body.attributes.searchAttributes?.indexedFields ?? {}),
        }
      : { memo: merged(memo, body.attributes.upsertedMemo?.fields ?? {}), searchAttributes };
}

/** An empty value takes a field away. */
function merged(present: Fields, changes: Fields): Fields {
  const fields = new Map(Object.entries({ ...present, ...changes }));
  for (const [name, payload] of Object.entries(changes)) if (isEmpty(payload)) fields.delete(name);
  return Object.fromEntries(fields);
}

function isEmpty(payload: Payload): boolean {
  const value = jsonOf(payload);
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** What is wrong with search attributes that somebody would give a run, in the server's words. */
export function searchAttributesProblem(
  { state, limits }: { readonly state: EngineState; readonly limits: Limits },
  namespace: string,
  fields: Fields = {},
): string | undefined {
  const entries = Object.entries(fields);
  if (entries.length > limits.searchAttributeKeysMax) {
    return `number of search attributes ${entries.length} exceeds limit ${limits.searchAttributeKeysMax}`;
  }
  const types = settableAttributes(state, namespace);
  let total = 0;
  for (const [name, payload] of entries) {
    if (Object.hasOwn(systemAttributes, name)) return `${name} attribute can't be set in SearchAttributes`;
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined)
      return `Namespace ${namespace} has no mapping defined for search attribute ${name}`;
    if (readAttribute(payload, type) === undefined) {
      return `invalid value for search attribute ${name} of type ${spelled(type)}: ${JSON.stringify(jsonOf(payload))}`;
    }
    const size = payload.data === undefined ? 0 : byteLength(payload.data);
    if (size > limits.searchAttributeValueBytesMax) {
      return `search attribute ${name} value size ${size} exceeds size limit ${limits.searchAttributeValueBytesMax}`;
    }
    total += utf8Length(name) + size;
  }
  const { searchAttributesBytesMax: max } = limits;
  return total > max ? `total size of search attributes ${total} exceeds size limit ${max}` : undefined;
}
