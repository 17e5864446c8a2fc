import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../../setup/runner.ts';
import type { TestRecord } from '../../setup/test-record.ts';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'nexus-runner-'));
});

afterEach(async () => {
  await rm(place, { recursive: true });
});

const passed: TestRecord = { group: 'unit', name: 'a', state: 'passed' };
const failed: TestRecord = { group: 'unit', name: 'b', state: 'failed', message: 'm' };

/** Runs a script that leaves the records, if any, and then does what `end` says. */
async function runScript(records: string | undefined, end: string): Promise<readonly TestRecord[]> {
  const script = join(place, 'script.mjs');
  const report = join(place, 'report.json');
  const leave = `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], ${JSON.stringify(records)});`;
  await writeFile(script, `${records === undefined ? '' : leave}\n${end}`);
  // Left over from an earlier run: it must not be taken for this run's report.
  await writeFile(report, JSON.stringify([passed]));
  return collect({ name: 'sample', script, args: [report], report, timeout: 60_000 });
}

function broken(message: string): TestRecord {
  return { group: 'sample', name: 'the runner itself', state: 'failed', message };
}

test('answers what the runner left', async () => {
  expect(await runScript(JSON.stringify([passed]), '')).toEqual([passed]);
});

test('a runner that fails because of a test adds nothing', async () => {
  expect(await runScript(JSON.stringify([passed, failed]), 'process.exit(1)')).toEqual([passed, failed]);
});

test('a runner that fails without a failed test is a failure', async () => {
  expect(await runScript(JSON.stringify([passed]), 'process.exit(3)')).toEqual([
    passed,
    broken('It ended with code 3. None of its tests failed, but the runner did.'),
  ]);
});

test('a runner that leaves no report is a failure, even when it ends well', async () => {
  const [record, ...more] = await runScript(undefined, '');
  expect(more).toEqual([]);
  expect(record).toMatchObject({ group: 'sample', state: 'failed' });
  expect(record).toHaveProperty(
    'message',
    expect.stringMatching(/^It ended with code 0\. It left no readable report/),
  );
});

test('a runner that is killed is a failure', async () => {
  const records = await runScript(undefined, "process.kill(process.pid, 'SIGKILL')");
  expect(records).toHaveLength(1);
  expect(records[0]).toHaveProperty('message', expect.stringMatching(/^It was ended by a signal\./));
});

test('a report that is not one is a failure', async () => {
  const records = await runScript('[{}]', '');
  expect(records).toHaveLength(1);
  expect(records[0]).toHaveProperty('state', 'failed');
});
