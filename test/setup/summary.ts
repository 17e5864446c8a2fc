// The end of a whole run: what was skipped and why, what failed, and the one line a script can read.
import type { TestRecord } from './test-record.ts';

/** The run's last line: `N passed, N failed`, and the skipped ones when there are any. */
export function summaryLine(records: readonly TestRecord[]): string {
  const count = (state: TestRecord['state']): number =>
    records.filter((record) => record.state === state).length;
  const skipped = count('skipped');
  return `${count('passed')} passed, ${count('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** 0 when at least one test ran and none failed, else 1: a run of nothing proves nothing. */
export function exitCode(records: readonly TestRecord[]): 0 | 1 {
  const ran = records.some((record) => record.state === 'passed');
  const failed = records.some((record) => record.state === 'failed');
  return ran && !failed ? 0 : 1;
}

/** Everything a person wants to know at the end of a run, the summary line last. */
export function summary(records: readonly TestRecord[]): string {
  const skipped = records.flatMap((record) =>
    record.state === 'skipped' ? [`skipped  ${title(record)}\n         ${record.reason}`] : [],
  );
  const failed = records.flatMap((record) =>
    record.state === 'failed' ? [`FAILED   ${title(record)}\n${indent(record.message)}`] : [],
  );
  const nothing = records.some(({ state }) => state !== 'skipped')
    ? []
    : ['No test ran, so nothing was proved.'];
  return [...skipped, ...failed, ...nothing, summaryLine(records)].join('\n');
}

function title({ group, name }: TestRecord): string {
  return `${group} > ${name}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(0, 12)
    .map((line) => `         ${line}`)
    .join('\n');
}
