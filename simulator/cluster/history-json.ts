import { err, ok, type Result } from '../base/result.ts';
import { instant, type Instant } from '../base/time.ts';
import type { WorkflowExecution } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { DescribeWorkflowExecutionResponse } from '../protocol/temporal/methods.ts';
import { createJsonReader, type JsonProblem, type JsonReader } from '../wire/read-json.ts';
import { checkedEvents } from './history-check.ts';
import { jsonMistake } from './json-mistake.ts';

/** One file as other programs write it. All times count from the Unix epoch. */
export type Exported =
  | { readonly kind: 'history'; readonly events: readonly HistoryEvent[] }
  | {
      readonly kind: 'description';
      readonly described: DescribeWorkflowExecutionResponse;
      /** The latest instant that it tells of. */
      readonly at: Instant;
    };

/**
 * Reads what `temporal workflow show` or `describe` print as JSON, or a history as the Web UI and SDKs write it. The
 * error is the rest of a sentence about the text: what is wrong, where, and what to do.
 */
export function readExported(text: string): Result<Exported, string> {
  const json = parsed(text);
  if (!json.ok) return err(`${json.error}; ${exportAgain}`);
  const found = json.value;
  if (isObject(found) && isObject(found['workflowExecutionInfo'])) return described(found);
  const events = eventsIn(found);
  if (events === undefined) return err(`holds no history: there is no list "events"; ${exportAgain}`);
  const reader = createJsonReader('temporal.api.history.v1.HistoryEvent', 0);
  const read: unknown[] = [];
  for (const [index, event] of events.entries()) {
    const result = reader.read(event);
    if (!result.ok) return err(`${placeOf(event, index)}: ${sayProblem(result.error)}; ${exportAgain}`);
    read.push(result.value);
  }
  const checked = checkedEvents(read);
  return checked.ok
    ? ok({ kind: 'history', events: checked.value })
    : err(`${checked.error}; ${exportAgain}`);
}

const exportAgain = 'export it with "temporal workflow show --output json"';

function described(json: object): Result<Exported, string> {
  const reader: JsonReader = createJsonReader(
    'temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse',
    0,
  );
  const read = reader.read(json);
  const again = 'export it with "temporal workflow describe --output json"';
  if (!read.ok) return err(`has a description that cannot be read: ${sayProblem(read.error)}; ${again}`);
  const value = read.value as DescribeWorkflowExecutionResponse;
  if (isNameless(value)) return err(`has a description that names no run; ${again}`);
  const times = [
    ...(value.pendingNexusOperations ?? []),
    ...(value.pendingActivities ?? []),
    ...(value.callbacks ?? []),
  ].flatMap(({ lastAttemptCompleteTime }) => lastAttemptCompleteTime ?? []);
  return ok({ kind: 'description', described: value, at: instant(Math.max(0, ...times)) });
}

/** A description is of one run; the types say so, files may not. */
const isNameless = ({
  workflowExecutionInfo: { execution },
}: {
  readonly workflowExecutionInfo: { readonly execution?: WorkflowExecution };
}): boolean => execution?.runId === undefined;

/** `{"events":[…]}`, the same inside of `{"history":…}`, or the list alone. */
function eventsIn(json: unknown): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json as readonly unknown[];
  if (!isObject(json)) return undefined;
  const events = json['events'] ?? (isObject(json['history']) ? json['history']['events'] : undefined);
  return Array.isArray(events) ? (events as readonly unknown[]) : undefined;
}

/** `event 7 (NEXUS_OPERATION_STARTED)`, as the event itself says, or else by its place. */
function placeOf(event: unknown, index: number): string {
  const { eventId, eventType } = isObject(event) ? event : {};
  const id = typeof eventId === 'string' || typeof eventId === 'number' ? eventId : index + 1;
  const type =
    typeof eventType === 'string' ? ` (${eventType.replace(/^EVENT_TYPE_/, '').slice(0, 80)})` : '';
  return `cannot be read at event ${id}${type}`;
}

const sayProblem = ({ path, text }: JsonProblem): string => (path === '' ? `it ${text}` : `${path} ${text}`);

function parsed(text: string): Result<unknown, string> {
  const bare = text.replace(/^\uFEFF/, '');
  try {
    const value: unknown = JSON.parse(bare);
    return ok(value);
  } catch {
    const { line, column } = jsonMistake(bare);
    return err(`is no JSON at line ${line}, column ${column}`);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
