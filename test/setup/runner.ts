// Runs a test runner in a process of its own, so that a crash of it is a failure and not an end.
import { readFile, rm } from 'node:fs/promises';
import { runToEnd } from './command.ts';
import { parseRecords } from './test-record.ts';
import type { TestRecord } from './test-record.ts';

export interface Runner {
  /** What the runner is called in the summary. */
  readonly name: string;
  /** The script that Node runs. */
  readonly script: string;
  readonly args: readonly string[];
  /** The file in which the script leaves its records. */
  readonly report: string;
  /** Milliseconds after which the runner counts as hanging. */
  readonly timeout: number;
}

/** The records of one runner. A runner that crashes, hangs or fails without a reason adds a failed record. */
export async function collect(runner: Runner): Promise<readonly TestRecord[]> {
  await rm(runner.report, { force: true });
  const { code } = await runToEnd(process.execPath, [runner.script, ...runner.args], {
    show: true,
    timeout: runner.timeout,
  });
  const read = await readReport(runner.report);
  const records = read.kind === 'records' ? read.records : [];
  if (read.kind === 'broken') return [broken(runner, code, read.message)];
  if (code !== 0 && !records.some(({ state }) => state === 'failed')) {
    return [...records, broken(runner, code, 'None of its tests failed, but the runner did.')];
  }
  return records;
}

type Report =
  | { readonly kind: 'records'; readonly records: readonly TestRecord[] }
  | { readonly kind: 'broken'; readonly message: string };

async function readReport(file: string): Promise<Report> {
  try {
    return { kind: 'records', records: parseRecords(await readFile(file, 'utf8')) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { kind: 'broken', message: `It left no readable report: ${cause}` };
  }
}

function broken(runner: Runner, code: number | undefined, message: string): TestRecord {
  const end = code === undefined ? 'It was ended by a signal.' : `It ended with code ${code}.`;
  return { group: runner.name, name: 'the runner itself', state: 'failed', message: `${end} ${message}` };
}
