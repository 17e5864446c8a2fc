import { expect, test } from 'vitest';
import { readExported } from '../../../../simulator/cluster/history-json.ts';
import { recorded } from '../../../harness/exported-history.ts';

const started = {
  eventId: '1',
  eventTime: '2026-01-01T00:00:00Z',
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: 'Order' },
    taskQueue: { name: 'orders' },
  },
};
const scheduled = {
  eventId: '2',
  eventTime: '2026-01-01T00:00:01Z',
  eventType: 'EVENT_TYPE_NEXUS_OPERATION_SCHEDULED',
  nexusOperationScheduledEventAttributes: { endpoint: 'bank', service: 'Bank', operation: 'charge' },
};
const history = (...events: readonly object[]): string => JSON.stringify({ events }, undefined, 1);

test.each([
  ['what the command line writes', history(started)],
  ['what the service answers', JSON.stringify({ history: { events: [started] } })],
  ['the list alone', JSON.stringify([started])],
  ['with a byte order mark', `\uFEFF${history(started)}`],
])('%s is a history', (_, text) => {
  expect(readExported(text)).toMatchObject({
    ok: true,
    value: { kind: 'history', events: [{ eventId: 1, eventType: 'WORKFLOW_EXECUTION_STARTED' }] },
  });
});

test('a description is known by what is in it', () => {
  expect(readExported(recorded('audit-order.describe'))).toMatchObject({
    ok: true,
    value: {
      kind: 'description',
      at: Date.UTC(2026, 10, 22, 18, 39, 55, 140),
      described: { pendingNexusOperations: [{ state: 'BACKING_OFF', attempt: 4 }] },
    },
  });
});

test('an event that these definitions do not know is kept without its attributes', () => {
  const later = {
    eventId: 2,
    eventTime: started.eventTime,
    eventType: 'SomethingNew',
    somethingNewEventAttributes: {},
  };
  expect(readExported(history(started, later))).toMatchObject({
    ok: true,
    value: { events: [{}, { eventId: 2, eventType: 'SOMETHING_NEW', attributes: {} }] },
  });
});

const exportIt = 'export it with "temporal workflow show --output json"';

test.each([
  ['', `is no JSON at line 1, column 1; ${exportIt}`],
  ['{\n  "events": [}\n', `is no JSON at line 2, column 14; ${exportIt}`],
  ['{}', `holds no history: there is no list "events"; ${exportIt}`],
  ['7', `holds no history: there is no list "events"; ${exportIt}`],
  ['{"events":{}}', `holds no history: there is no list "events"; ${exportIt}`],
  ['{"events":[]}', `holds a history without events; ${exportIt}`],
  ['{"events":[7]}', `cannot be read at event 1: it must be an object, but is 7; ${exportIt}`],
  [
    history(started, { ...scheduled, eventTime: 'noon' }),
    'cannot be read at event 2 (NEXUS_OPERATION_SCHEDULED): eventTime must be a time such as 2026-01-31T12:00:00.5Z, ' +
      `but is "noon"; ${exportIt}`,
  ],
  [history({ ...started, eventId: 5 }), `has event 5 where event 1 should be; ${exportIt}`],
  [history(started, started), `has event 1 where event 2 should be; ${exportIt}`],
  [
    history({ ...scheduled, eventId: 1 }),
    `begins with event 1 (NEXUS_OPERATION_SCHEDULED) where WORKFLOW_EXECUTION_STARTED should be; ${exportIt}`,
  ],
  [
    history({ ...started, eventTime: undefined }),
    `tells no time of event 1 (WORKFLOW_EXECUTION_STARTED); ${exportIt}`,
  ],
  [
    history(started, { ...scheduled, nexusOperationScheduledEventAttributes: {} }),
    `tells no endpoint of event 2 (NEXUS_OPERATION_SCHEDULED); ${exportIt}`,
  ],
  [
    JSON.stringify({ workflowExecutionInfo: { execution: 7 } }),
    'has a description that cannot be read: workflowExecutionInfo.execution must be an object, but is 7; ' +
      'export it with "temporal workflow describe --output json"',
  ],
  [
    JSON.stringify({ workflowExecutionInfo: {} }),
    'has a description that names no run; export it with "temporal workflow describe --output json"',
  ],
])('%j is refused in one sentence', (text, sentence) => {
  expect(readExported(text)).toEqual({ ok: false, error: sentence });
});
