import type { HistoryEvent } from '../../protocol/temporal/history.ts';

/** An event without what differs between any two runs, as fields by their paths. */
export interface PlainEvent {
  readonly eventType: string;
  readonly fields: ReadonlyMap<string, string>;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Text without the ids in it. */
export const withoutIds = (text: string): string => text.replace(uuid, '‹id›');

/** Fields that tell of the moment, of the process or of the store, and not of what happened. */
const incidental: ReadonlySet<string> = new Set([
  'eventId',
  'eventTime',
  'taskId',
  'version',
  'identity',
  'historySizeBytes',
  'workflowTaskCompletedEventId',
]);

/** Fields that stand for another event; the event's type says enough. */
const isReference = (key: string): boolean => /EventId$|^initiatedId$/.test(key);

const isTime = (key: string): boolean => /(Time|Timestamp)$/.test(key);

/** Texts that hold ids in a form of their own. */
const opaque: ReadonlySet<string> = new Set(['operationToken', 'operationId', 'token', 'url']);

/** The events of a run in a form that can be compared with those of another one. */
export function plainEvents(events: readonly HistoryEvent[]): readonly PlainEvent[] {
  const types = new Map(events.map(({ eventId, eventType }) => [eventId, eventType]));
  return events.map(({ eventType, ...rest }) => {
    const fields = new Map<string, string>();
    collect(rest, '', { fields, types });
    return { eventType, fields };
  });
}

interface Collected {
  readonly fields: Map<string, string>;
  readonly types: ReadonlyMap<number, string>;
}

function collect(value: unknown, path: string, into: Collected): void {
  if (Array.isArray(value)) {
    value.forEach((each, index) => collect(each, `${path}[${index}]`, into));
    return;
  }
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) into.fields.set(path, JSON.stringify(value).replace(/^"|"$/g, ''));
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    if (incidental.has(key)) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const plain = plainValue(key, each, into.types);
    if (plain !== undefined) into.fields.set(at, plain);
    else collect(each, at, into);
  }
}

/** `undefined` for what is to be looked into. */
function plainValue(key: string, value: unknown, types: ReadonlyMap<number, string>): string | undefined {
  if (typeof value === 'number' && isReference(key))
    return types.get(value) ?? (value === 0 ? '0' : '‹event›');
  if (typeof value === 'number' && isTime(key)) return '‹time›';
  if (typeof value !== 'string') return undefined;
  if (opaque.has(key) || key.includes('token') || key === 'nexus-operation-id') return `‹${key}›`;
  return key === 'data' ? withoutIds(decoded(value)) : withoutIds(value);
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
