import { expect, test } from 'vitest';
import { queryInside, queryOutside } from '../../../../simulator/wire/query-times.ts';

const origin = Date.UTC(2026, 0, 1);

test.each([
  ["StartTime > '2026-01-01T00:00:05Z'", 'StartTime > 5000'],
  ['CloseTime < "2025-12-31T23:59:59.5+00:00" AND Endpoint = "a"', 'CloseTime < -500 AND Endpoint = "a"'],
  [
    "StartTime BETWEEN '2026-01-01T00:00:00Z' AND '2026-01-02T00:00:00Z' OR `CloseTime` IN ('2026-01-03T01:00:00+01:00')",
    'StartTime BETWEEN 0 AND 86400000 OR `CloseTime` IN (172800000)',
  ],
  ['ExecutionTime >= 1767225601000000000', 'ExecutionTime >= 1000'],
  // A date that is a text stays one.
  ["OperationId = '2026-01-01' AND StartTime > 'soon'", "OperationId = '2026-01-01' AND StartTime > 'soon'"],
  // The server takes no day for a time, and no other way to write one.
  [
    "StartTime > '2026-01-01' OR StartTime > 'May 2026'",
    "StartTime > '2026-01-01' OR StartTime > 'May 2026'",
  ],
  ['CloseTime IS NULL', 'CloseTime IS NULL'],
  ['', ''],
])('%s is inside %s', (query, inside) => {
  expect(queryInside(query, origin)).toBe(inside);
});

test.each([
  ['StartTime > 5000', "StartTime > '2026-01-01T00:00:05.000Z'"],
  [
    'StartTime BETWEEN 0 AND 1 AND Attempt = 7',
    "StartTime BETWEEN '2026-01-01T00:00:00.000Z' AND '2026-01-01T00:00:00.001Z' AND Attempt = 7",
  ],
  ["WorkflowId = 'a' AND CloseTime IS NULL", "WorkflowId = 'a' AND CloseTime IS NULL"],
])('%s is outside %s', (query, outside) => {
  expect(queryOutside(query, origin)).toBe(outside);
  expect(queryInside(outside, origin)).toBe(query);
});
