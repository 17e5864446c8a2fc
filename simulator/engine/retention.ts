import type { RunId } from '../protocol/ids.ts';
import { forgetRun } from './execution/delete-run.ts';
import { NEVER } from './expiry.ts';
import { forgetStandalone } from './standalone/control.ts';
import { record, type Turn } from './turn.ts';

/*
 * What has closed is kept for the retention of its namespace and is then gone as if a client had deleted it, with
 * completions that it has not delivered (semantics §1.7). The server deletes up to half an hour later, to spread its
 * load; here it is the exact moment. No timer is set for it: an idle world would run on to it.
 */

/** Forgets the closed runs whose time is over, and of too many those whose time is over first. */
export function forgetExpired(turn: Turn): void {
  const { expiries } = turn.state;
  for (let due = expiries.takeDue(turn.now); due !== undefined; due = expiries.takeDue(turn.now)) {
    forget(turn, due.purpose, 'retention');
  }
  while (expiries.size > turn.limits.closedRunsMax) {
    const first = expiries.takeDue(NEVER);
    if (first !== undefined) forget(turn, first.purpose, 'count');
  }
}

function forget(turn: Turn, run: RunId, why: 'retention' | 'count'): void {
  const execution = turn.state.executions.get(run);
  const own = turn.state.standalone.get(run);
  const ref = execution?.ref ?? own?.operation.ref.run;
  if (execution !== undefined) forgetRun(turn, execution);
  if (own !== undefined) forgetStandalone(turn, own);
  if (ref !== undefined) record(turn, { kind: 'run-expired', run: ref, why });
}
