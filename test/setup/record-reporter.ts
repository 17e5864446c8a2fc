// A vitest reporter that keeps one record per test, with the note a test gave when it skipped itself.
import { writeFile } from 'node:fs/promises';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import { noReason } from './test-record.ts';
import type { TestRecord } from './test-record.ts';

export class RecordReporter implements Reporter {
  readonly #file: string;

  /** @param file where the records are written, as JSON, when the run has ended. */
  constructor(file: string) {
    this.#file = file;
  }

  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    const records = [
      ...modules.flatMap(ofModule),
      ...unhandled.map(({ message }): TestRecord =>
        failed('vitest', 'an error outside of any test', message),
      ),
    ];
    await writeFile(this.#file, JSON.stringify(records));
  }
}

function ofModule(module: TestModule): readonly TestRecord[] {
  const group = module.project.name;
  // A file that can't be loaded and a suite whose hook throws have errors but no test that failed.
  const broken = [
    ...module.errors().map(({ message }) => failed(group, module.relativeModuleId, message)),
    ...[...module.children.allSuites()].flatMap((suite) =>
      suite.errors().map(({ message }) => failed(group, suite.fullName, message)),
    ),
  ];
  return [...broken, ...[...module.children.allTests()].map((test) => ofTest(group, test))];
}

function ofTest(group: string, test: TestCase): TestRecord {
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  const result = test.result();
  switch (result.state) {
    case 'passed':
      return { group, name, state: 'passed' };
    case 'skipped':
      return { group, name, state: 'skipped', reason: result.note ?? silentReason(test) };
    case 'failed':
      return failed(group, name, result.errors.map(({ message }) => message).join('\n'));
    case 'pending':
      return failed(group, name, 'The run ended before this test did.');
  }
}

/** Why a test without a note did not run. One that was meant to run was given up by its suite. */
function silentReason(test: TestCase): string {
  switch (test.options.mode) {
    case 'todo':
      return 'not written yet';
    case 'run':
      return 'a hook before it failed';
    default:
      return noReason;
  }
}

function failed(group: string, name: string, message: string): TestRecord {
  return { group, name, state: 'failed', message };
}
