import { between, formatDuration, type Instant } from '../../base/time.ts';
import type { WaitingCause } from '../../protocol/explain.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { TaskQueue } from '../state.ts';
import { failureTexts } from '../../spans/failure-text.ts';

/* The words that all explanations share. */

/** What a cause says, before it is known of which run. */
export type Said = Omit<WaitingCause, 'run'>;

export const cause = (
  text: string,
  { span, until }: { readonly span: WaitingCause['span']; readonly until?: Instant | undefined },
): Said => ({ text, span, ...(until !== undefined && { until }) });

/** How long it is from one instant to another. */
export const left = (from: Instant, to: Instant): string => formatDuration(between(from, to));

/** ` in 5s`; nothing where no end is known. */
export const inTime = (now: Instant, until: Instant | undefined): string =>
  until === undefined ? '' : ` in ${left(now, until)}`;

/** Why nobody takes what waits in a queue. */
export const whoseTurn = (queue: TaskQueue | undefined): string =>
  (queue?.attendants.size ?? 0) > 0 ? 'its workers are busy' : 'no worker polls there';

/** The outermost message of a failure; empty without one. */
export const whyFailed = (failure: Failure | undefined): string =>
  failure === undefined ? '' : (failureTexts(failure)[0] ?? '');
