import { expect, test } from 'vitest';
import { exitCode, summary, summaryLine } from '../../setup/summary.ts';
import type { TestRecord } from '../../setup/test-record.ts';

const passed: TestRecord = { group: 'unit', name: 'a', state: 'passed' };
const failed: TestRecord = { group: 'unit', name: 'b', state: 'failed', message: 'expected 1, got 2' };
const skipped: TestRecord = { group: 'editor', name: 'c', state: 'skipped', reason: 'no browser' };

test('the line counts by state and names skipped tests only when there are any', () => {
  expect(summaryLine([passed, passed, failed])).toBe('2 passed, 1 failed');
  expect(summaryLine([passed, skipped])).toBe('1 passed, 0 failed, 1 skipped');
  expect(summaryLine([])).toBe('0 passed, 0 failed');
});

test.each([
  ['only passed tests', [passed], 0],
  ['passed and skipped tests', [passed, skipped], 0],
  ['a failed test among passed ones', [passed, failed], 1],
  ['nothing at all', [], 1],
  ['nothing but skipped tests', [skipped], 1],
] as const)('the exit code after %s', (_, records, code) => {
  expect(exitCode(records)).toBe(code);
});

test('the summary tells skipped tests with their reason, failed ones with their message, the line last', () => {
  expect(summary([passed, failed, skipped])).toBe(
    [
      'skipped  editor > c',
      '         no browser',
      'FAILED   unit > b',
      '         expected 1, got 2',
      '1 passed, 1 failed, 1 skipped',
    ].join('\n'),
  );
});

test('a run of nothing says so', () => {
  expect(summary([]).split('\n')).toEqual(['No test ran, so nothing was proved.', '0 passed, 0 failed']);
});
