import { err, ok, type Result } from '../base/result.ts';
import type { Command } from '../protocol/temporal/command.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { ScriptRun } from './script-run.ts';
import type { Step } from './step.ts';

/**
 * Plays a script against a history and returns the commands that come next.
 *
 * Invariants:
 *  S1. The same steps and the same events give the same commands, in the same order.
 *  S2. After every event the script runs as far as it can; so what it does next depends on the order of events
 *      in the history only, and that order never changes.
 *  S3. The n-th command event of the history belongs to the n-th command that the script made and did not take back
 *      before it was sent.
 *
 * Refused when the history contradicts the steps, which happens only to a run that another version of the file began.
 */
export function nextCommands(
  steps: readonly Step[],
  events: readonly HistoryEvent[],
): Result<readonly Command[], string> {
  const run = new ScriptRun(steps);
  for (const event of events) {
    const problem = run.apply(event);
    if (problem !== undefined) return err(problem);
  }
  return ok(run.newCommands());
}
