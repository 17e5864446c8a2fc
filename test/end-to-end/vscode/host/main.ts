// The suites that run inside the extension host, with the editor's own API at hand.
import type * as vscode from 'vscode';
import type { TestRecord } from '../../../setup/test-record.ts';
import { runMocha } from '../mocha-run.ts';
import type { MochaRun } from '../mocha-run.ts';
import { activationSuite } from './activation.suite.ts';

/** Defines its tests with mocha. The API may be asked for only while a test runs. */
type HostSuite = (host: () => typeof vscode) => void;

const suites: readonly HostSuite[] = [activationSuite];

/** The run of all suites, for the extension host and for counting them elsewhere. */
export function hostRun(host: () => typeof vscode): MochaRun {
  return {
    group: 'editor',
    define: () => {
      for (const suite of suites) suite(host);
    },
  };
}

/** Runs the suites; the probe calls this inside the extension host. */
export function runHostSuites(host: typeof vscode): Promise<readonly TestRecord[]> {
  return runMocha(hostRun(() => host));
}
