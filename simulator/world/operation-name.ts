import type { EventType } from '../protocol/temporal/history.ts';
import { eventTypes } from './event-types.ts';
import { suggestion } from './nearest.ts';
import type { OperationName, OperationPath } from './operation-path.ts';
import type { Place, Reader } from './reader.ts';
import { mismatch, named, parsedText, scalarOf, type Shape } from './shape.ts';
import type { Located } from './source.ts';
import type {
  ActivityOfWorkflow,
  AttemptRange,
  BreakerExpectation,
  EventOfWorkflow,
  OperationOfWorkflow,
} from './world.ts';

/**
 * Splits `Service.operation` at its last dot: services are often named like packages, operations hardly ever.
 * `undefined` when a part is missing.
 */
function splitOperationName(name: string): { service: string; operation: string } | undefined {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1 || /\s/.test(name)) return undefined;
  return { service: name.slice(0, dot), operation: name.slice(dot + 1) };
}

const half = '[^\\s/]+\\.[^\\s./]+';

/** The key of a worker's operation. */
export const operationKey: Shape<string> = parsedText(
  {
    expected: '"Service.operation"',
    example: 'PaymentService.charge',
    pattern: '^\\S+\\.[^\\s.]+$',
  },
  (value) => (splitOperationName(value) === undefined ? undefined : value),
);

/** `Service.operation` of any endpoint. */
export const operationName: Shape<OperationName> = parsedText(
  { expected: '"Service.operation"', example: 'PaymentService.charge', pattern: `^${half}$` },
  (value, place) => {
    const parts = splitOperationName(value);
    return parts && { name: { value, range: place.range }, ...parts };
  },
);

/** `endpoint/Service.operation`. */
export const operationPath: Shape<OperationPath> = parsedText(
  {
    expected: '"endpoint/Service.operation"',
    example: 'payments/PaymentService.charge',
    pattern: `^[^\\s/]+/${half}$`,
  },
  (value, place, reader) => {
    const [endpoint, name] = halves(value, value.indexOf('/'), { place, reader });
    const parts = splitOperationName(name.value);
    return parts && endpoint.value !== '' ? { endpoint, name, ...parts } : undefined;
  },
);

/** `workflow id / Service.operation`; the id may contain slashes. */
export const operationOfWorkflow: Shape<OperationOfWorkflow> = parsedText(
  {
    expected: '"workflow id / Service.operation"',
    example: 'checkout-1 / PaymentService.charge',
    pattern: `^.+/\\s*${half}$`,
  },
  (value, place, reader) => {
    const [workflowId, name] = halves(value, value.lastIndexOf('/'), { place, reader });
    const parts = splitOperationName(name.value);
    return parts && workflowId.value !== '' ? { workflowId, name, ...parts } : undefined;
  },
);

/** `workflow id / activity type`; the id may contain slashes. */
export const activityOfWorkflow: Shape<ActivityOfWorkflow> = parsedText(
  {
    expected: '"workflow id / activity"',
    example: 'checkout-1 / chargeCard',
    pattern: '^.+/.+$',
  },
  (value, place, reader) => {
    const [workflowId, name] = halves(value, value.lastIndexOf('/'), { place, reader });
    return workflowId.value !== '' && name.value !== '' && value.includes('/')
      ? { workflowId, name }
      : undefined;
  },
);

/** `workflow id / EVENT_TYPE`; the id may contain slashes. */
export const eventOfWorkflow: Shape<EventOfWorkflow> = {
  expected: '"workflow id / EVENT_TYPE"',
  example: 'checkout-1 / NEXUS_OPERATION_COMPLETED',
  read: (place, reader) => {
    const value = scalarOf(place);
    if (typeof value !== 'string') return mismatch(eventOfWorkflow, place, reader);
    const [workflowId, type] = halves(value, value.lastIndexOf('/'), { place, reader });
    if (workflowId.value === '' || type.value === '') return mismatch(eventOfWorkflow, place, reader);
    if (isEventType(type.value)) return { workflowId, eventType: type.value };
    const hint = suggestion(type.value, eventTypes, 'some of them are');
    reader.report(type.range, `No event type is called "${type.value}"${hint}`);
    return undefined;
  },
  schema: () => ({ type: 'string', pattern: '^.+/\\s*[A-Z_]+$' }),
};

const isEventType = (name: string): name is EventType => (eventTypes as readonly string[]).includes(name);

/** `namespace → endpoint`; `->` will do for the arrow. */
export const breakerPath: Shape<BreakerExpectation['breaker']> = parsedText(
  { expected: '"calling namespace → endpoint"', example: 'orders → payments', pattern: '^.+(→|->).+$' },
  (value, place, reader) => {
    const arrow = /→|->/.exec(value);
    if (arrow === null) return undefined;
    const [caller, endpoint] = halves(value, arrow.index, { place, reader, width: arrow[0].length });
    return caller.value !== '' && endpoint.value !== '' ? { caller, endpoint } : undefined;
  },
);

const ATTEMPTS_MAX = 1_000_000;

const attemptRange: Shape<AttemptRange> = {
  expected: 'a number of attempts such as 2, or a range such as 1..3',
  example: '1..3',
  read: (place, reader) => {
    const written = String(scalarOf(place));
    const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(written);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    const fits = match !== null && from >= 1 && from <= to && to <= ATTEMPTS_MAX;
    return fits ? { from, to } : mismatch(attemptRange, place, reader);
  },
  schema: () => ({
    anyOf: [
      { type: 'integer', minimum: 1, maximum: ATTEMPTS_MAX },
      { type: 'string', pattern: '^[1-9]\\d*(\\.\\.[1-9]\\d*)?$' },
    ],
  }),
};

/** `2`, or `1..3`: attempts, counted from 1. */
export const attempts = named('attempts', () => attemptRange);

/** Cuts a text at a slash, or at something wider; blanks around the halves do not count. */
function halves(
  value: string,
  slash: number,
  at: { place: Place; reader: Reader; width?: number },
): [Located<string>, Located<string>] {
  const left = value.slice(0, Math.max(0, slash)).trim();
  const right = value.slice(slash + (at.width ?? 1)).trim();
  const leftStart = value.indexOf(left);
  const rightStart = value.lastIndexOf(right);
  return [
    { value: left, range: at.reader.partOf(at.place, leftStart, leftStart + left.length) },
    { value: right, range: at.reader.partOf(at.place, rightStart, rightStart + right.length) },
  ];
}
