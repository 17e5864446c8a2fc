import { expect, test } from 'vitest';
import { parseRecords } from '../../setup/test-record.ts';

test('reads each of the three states', () => {
  const records = [
    { group: 'unit', name: 'a', state: 'passed' },
    { group: 'unit', name: 'b', state: 'failed', message: 'm' },
    { group: 'unit', name: 'c', state: 'skipped', reason: 'r' },
  ];
  expect(parseRecords(JSON.stringify(records))).toEqual(records);
});

test.each([
  ['[{"group":"unit","name":"a","state":"skipped"}]', /Entry 0 of the report is not a test/],
  ['[{"group":"unit","name":"a","state":"flaky"}]', /Entry 0 of the report is not a test/],
  ['[null]', /Entry 0 of the report is not a test/],
  ['{}', /must be a list/],
  ['', /JSON/],
])('refuses %s', (text, message) => {
  expect(() => parseRecords(text)).toThrow(message);
});
