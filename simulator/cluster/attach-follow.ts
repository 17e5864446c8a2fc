import { CancellationSource, type CancellationSignal } from '../base/cancellation.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import type { RunHistory } from '../spans/run-history.ts';
import { closeOf } from '../spans/run-spans.ts';
import type { Attachment } from './attach.ts';
import { checkedEvents } from './history-check.ts';
import { pause } from './pause.ts';

export interface FollowOptions {
  readonly port: Pick<TemporalPort, 'call'>;
  readonly signal: CancellationSignal;
  /** Told whenever something is new. */
  readonly onChange: () => void;
}

/** Attempts leave no events; what is pending is asked for once in this many milliseconds. */
const DESCRIBE_EVERY_MS = 1_000;

/** Follows every run that lasts, and those that they lead to, until all of them have closed or it is cancelled. */
export async function follow(attachment: Attachment, options: FollowOptions): Promise<void> {
  const over = new CancellationSource();
  const ended = options.signal.onCancelled(() => over.cancel());
  const describing = describePending(attachment, { ...options, signal: over.signal });
  await followAll(attachment.histories, { attachment, options });
  over.cancel();
  ended.dispose();
  await describing;
}

interface Following {
  readonly attachment: Attachment;
  readonly options: FollowOptions;
}

async function followAll(histories: readonly RunHistory[], following: Following): Promise<void> {
  const open = histories.filter(({ events }) => closeOf(events) === undefined);
  await Promise.all(open.map((history) => followRun(history, following)));
}

async function followRun({ run }: RunHistory, following: Following): Promise<void> {
  const { attachment, options } = following;
  const { port, signal } = options;
  const events: HistoryEvent[] = [];
  const followers: Promise<void>[] = [];
  for (let nextPageToken: string | undefined; ;) {
    const { namespace, workflowId, runId } = run;
    const asked = { namespace, execution: { workflowId, runId }, waitNewEvent: true };
    const reply = await port.call(
      'getWorkflowExecutionHistory',
      { ...asked, ...(nextPageToken !== undefined && { nextPageToken }) },
      { signal },
    );
    if (signal.cancelled) break;
    if (!reply.ok) {
      attachment.noteUnreadable(run, reply.error);
      options.onChange();
      break;
    }
    events.push(...(reply.value.history.events ?? []));
    const found = await take({ run, events }, attachment);
    if (found !== undefined) {
      options.onChange();
      followers.push(followAll(found, following));
    }
    ({ nextPageToken } = reply.value);
    if (nextPageToken === undefined) break;
  }
  await Promise.all(followers);
}

/** Returns the runs that new events lead to; undefined when there is no new event. */
async function take(
  { run, events }: RunHistory,
  attachment: Attachment,
): Promise<readonly RunHistory[] | undefined> {
  const known = attachment.histories.find((history) => history.run.runId === run.runId);
  const checked = checkedEvents(events);
  if (!checked.ok || events.length <= (known?.events.length ?? 0)) return undefined;
  const described = await attachment.describe(run);
  const history = { run, events: checked.value, ...(described !== undefined && { described }) };
  attachment.update(history);
  return attachment.explore([history]);
}

async function describePending(attachment: Attachment, { signal, onChange }: FollowOptions): Promise<void> {
  const isOver = (): boolean => signal.cancelled;
  while (!isOver()) {
    await pause(DESCRIBE_EVERY_MS, signal);
    for (const history of attachment.histories) {
      if (isOver()) return;
      if (closeOf(history.events) !== undefined || !isPending(history)) continue;
      const described = await attachment.describe(history.run);
      const newest = attachment.histories.find(({ run }) => run.runId === history.run.runId);
      if (described === undefined || newest === undefined || isSame(described, newest.described)) continue;
      attachment.update({ ...newest, described });
      onChange();
    }
  }
}

const isPending = ({ described }: RunHistory): boolean =>
  described?.pendingActivities !== undefined || described?.pendingNexusOperations !== undefined;

/** But for when it was asked. */
const isSame = (a: object, b: object | undefined): boolean =>
  JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
