import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import { describe, expect, test } from 'vitest';
import { createConverter } from '../../../../simulator/wire/convert.ts';
import { createJsonReader } from '../../../../simulator/wire/read-json.ts';
import { recorded } from '../../../harness/exported-history.ts';

const originMs = Date.UTC(2026, 0, 1);
const histories = createJsonReader('temporal.api.history.v1.History', originMs);
const events = createJsonReader('temporal.api.history.v1.HistoryEvent', originMs);

const files = ['place-order', 'pack', 'charge-1', 'charge-2', 'hold', 'audit-order'];

/** What the SDK's reader makes of it, by way of the binary form. */
function bySdk(text: string): unknown {
  const { History } = temporal.api.history.v1;
  const bytes = History.encode(historyFromJSON(JSON.parse(text))).finish();
  return createConverter(originMs).decode('temporal.api.history.v1.History', bytes);
}

/** Enums as older command lines wrote them: EVENT_TYPE_TIMER_FIRED as TimerFired. */
const inPascalCase = (text: string): string =>
  text.replace(
    /"(EVENT_TYPE|TASK_QUEUE_KIND|PARENT_CLOSE_POLICY|CONTINUE_AS_NEW_INITIATOR|RETRY_STATE)_([A-Z_]+)"/g,
    (_, _prefix, name: string) =>
      `"${name.replace(/(^|_)([A-Z])([A-Z]*)/g, (_all, _line, head: string, tail: string) => head + tail.toLowerCase())}"`,
  );

const inSnakeCase = (text: string): string =>
  text.replace(
    /"(\w+)":/g,
    (_, key: string) => `"${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
  );

describe('recorded histories', () => {
  test.each(files)('%s is read as the SDK reads it', (name) => {
    expect(histories.read(JSON.parse(recorded(name)))).toEqual(bySdk(recorded(name)));
  });

  test.each(files)('%s is the same in the spelling of older command lines', (name) => {
    const text = inPascalCase(recorded(name));
    expect(text).toContain('"WorkflowTaskScheduled"');
    expect(histories.read(JSON.parse(text))).toEqual(bySdk(recorded(name)));
  });

  test.each(files)('%s is the same with the names that the definitions have', (name) => {
    const text = inSnakeCase(recorded(name));
    expect(text).toContain('"workflow_task_scheduled_event_attributes"');
    expect(histories.read(JSON.parse(text))).toEqual(bySdk(recorded(name)));
  });
});

describe('values', () => {
  const started = (attributes: object): unknown => {
    const read = events.read({
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: attributes,
    });
    return read.ok ? (read.value as { attributes: object }).attributes : read.error;
  };

  test.each([
    [{ parentInitiatedEventId: '7' }, { parentInitiatedEventId: 7 }],
    [{ parentInitiatedEventId: 7 }, { parentInitiatedEventId: 7 }],
    [{ attempt: 0, identity: '', taskQueue: null }, {}],
    [{ workflowRunTimeout: '1.0000001s' }, { workflowRunTimeout: 1_001 }],
    [{ workflowRunTimeout: '0s' }, { workflowRunTimeout: 0 }],
    [
      { workflowExecutionExpirationTime: '2026-01-01T01:00:00.123999Z' },
      { workflowExecutionExpirationTime: 3_600_123 },
    ],
    [
      { workflowExecutionExpirationTime: '2026-01-01T02:00:00+02:00' },
      { workflowExecutionExpirationTime: 0 },
    ],
    [{ initiator: 'CronSchedule' }, { initiator: 'CRON_SCHEDULE' }],
    [{ initiator: 3 }, { initiator: 'CRON_SCHEDULE' }],
    [{ initiator: 'CONTINUE_AS_NEW_INITIATOR_OF_LATER' }, { initiator: 'OF_LATER' }],
    [{ input: { payloads: [{ data: '_-8' }] } }, { input: { payloads: [{ data: '/+8=' }] } }],
    [{ retryPolicy: { backoffCoefficient: 'Infinity' } }, { retryPolicy: { backoffCoefficient: Infinity } }],
    [{ whatALaterServerSays: { a: [1] } }, {}],
  ])('%j', (json, message) => {
    expect(started(json)).toEqual(message);
  });

  test('a key of a map may be called as it likes', () => {
    const fields = JSON.parse('{"header":{"fields":{"__proto__":{"data":"YQ=="}}}}') as object;
    expect(JSON.stringify(started(fields))).toBe('{"header":{"fields":{"__proto__":{"data":"YQ=="}}}}');
  });

  test.each([
    [{ attempt: true }, 'attempt', 'must be a number, but is true'],
    [{ attempt: 1.5 }, 'attempt', 'must be a whole number of at most 2^53 - 1, but is 1.5'],
    [{ parentInitiatedEventId: '99999999999999999999' }, 'parentInitiatedEventId', 'must be a whole number'],
    [{ identity: 7 }, 'identity', 'must be a text, but is 7'],
    [{ workflowType: 'Order' }, 'workflowType', 'must be an object, but is "Order"'],
    [{ workflowRunTimeout: '1h' }, 'workflowRunTimeout', 'must be a duration in seconds such as 1.5s'],
    [
      { workflowExecutionExpirationTime: 'today' },
      'workflowExecutionExpirationTime',
      'must be a time such as',
    ],
    [{ completionCallbacks: {} }, 'completionCallbacks', 'must be a list'],
    [{ input: { payloads: [{}, { data: '?' }] } }, 'input.payloads.1.data', 'must be bytes in base64'],
    [{ header: { fields: { a: [] } } }, 'header.fields.a', 'must be an object'],
  ])('%j is refused with its place', (json, path, text) => {
    expect(started(json)).toEqual({
      path: `workflowExecutionStartedEventAttributes.${path}`,
      text: expect.stringContaining(text) as string,
    });
  });

  test('attributes that are not those of the type', () => {
    const event = { eventType: 'EVENT_TYPE_TIMER_FIRED', timerStartedEventAttributes: {} };
    expect(events.read(event)).toMatchObject({
      ok: false,
      error: { path: '', text: expect.stringContaining('timerStartedEventAttributes') as string },
    });
  });

  test('a failure with very many causes', () => {
    let failure: object = {};
    for (let depth = 0; depth < 200; depth++) failure = { cause: failure };
    expect(started({ continuedFailure: failure })).toMatchObject({ text: 'nests deeper than 100 levels' });
  });
});
