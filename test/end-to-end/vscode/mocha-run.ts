// Runs mocha suites, in this process or in an extension host, and answers one record per test.
import Mocha from 'mocha';
import { noReason } from '../../setup/test-record.ts';
import type { TestRecord } from '../../setup/test-record.ts';

export interface MochaRun {
  /** The group the records belong to. */
  readonly group: string;
  /** Defines the suites, with mocha's `describe` and `it`. */
  readonly define: () => void;
  /** Called after every failed test, before the next one starts. */
  readonly onFailure?: (title: string) => Promise<void>;
}

/** Milliseconds one test may take: a cold editor on a slow machine needs many seconds for its first answers. */
const testTimeout = 90_000;

/** Runs the suites to their end. A test that throws is a record; only a broken suite definition throws here. */
export async function runMocha(run: MochaRun): Promise<readonly TestRecord[]> {
  const mocha = prepare(run);
  const { onFailure } = run;
  if (onFailure !== undefined) {
    mocha.suite.afterEach('keep what a failure looked like', async function () {
      const test = this.currentTest;
      if (test?.state === 'failed') await onFailure(test.fullTitle());
    });
  }
  const records: TestRecord[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    const told = (test: Mocha.Runnable, record: TestRecord): void => {
      records.push(record);
      console.log(`  ${record.state.padEnd(8)}${record.name} (${test.duration ?? 0} ms)`);
    };
    runner.on('pass', (test) => {
      told(test, { ...named(run, test), state: 'passed' });
    });
    runner.on('fail', (test, error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      told(test, { ...named(run, test), state: 'failed', message });
    });
    runner.on('pending', (test) => {
      told(test, { ...named(run, test), state: 'skipped', reason: noReason });
    });
  });
  return [...records, ...unreached(run, mocha, records)];
}

/** The same records as a run would give, all skipped for one reason, without running anything. */
export function skipMocha(run: MochaRun, reason: string): readonly TestRecord[] {
  return testsOf(prepare(run)).map((test) => ({ ...named(run, test), state: 'skipped', reason }));
}

function prepare(run: MochaRun): Mocha {
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeout, forbidOnly: true, reporter: Silent });
  // What mocha does before it loads a suite's file; from then on its imported `describe` speaks to this run.
  mocha.suite.emit('pre-require', {} as Mocha.MochaGlobals, '', mocha);
  run.define();
  return mocha;
}

/** Prints nothing: the runner's events are the report. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {
    // The whole run has one summary, and this is not its place.
  }
}

function named(run: MochaRun, test: Mocha.Runnable): { readonly group: string; readonly name: string } {
  return { group: run.group, name: test.titlePath().join(' > ') };
}

function testsOf(mocha: Mocha): readonly Mocha.Test[] {
  const tests: Mocha.Test[] = [];
  mocha.suite.eachTest((test: Mocha.Test) => tests.push(test));
  return tests;
}

/** When a hook throws, mocha passes over the tests behind it without a word. */
function unreached(run: MochaRun, mocha: Mocha, records: readonly TestRecord[]): readonly TestRecord[] {
  const reached = new Set(records.map(({ name }) => name));
  return testsOf(mocha)
    .map((test) => named(run, test))
    .filter(({ name }) => !reached.has(name))
    .map((test) => ({ ...test, state: 'skipped', reason: 'a hook before it failed' }));
}
