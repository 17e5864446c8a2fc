// Every suite that drives the editor's window.
import { harnessSuite } from './harness.suite.ts';
import type { Session } from './session.ts';
import { timelineSuite } from './timeline.suite.ts';
import { languageSuite } from './language.suite.ts';

/** Defines its tests with mocha. The session may be asked for only while a test runs. */
type Suite = (session: () => Session) => void;

export const suites: readonly Suite[] = [harnessSuite, timelineSuite, languageSuite];
