import { instant, later, type Instant } from '../base/time.ts';
import { spansOf } from '../spans/histories.ts';
import type { RunHistory } from '../spans/run-history.ts';
import { sinceStart, startOf } from '../spans/since-start.ts';
import { renderTimeline } from './render-timeline.ts';
import type { Terminal } from './terminal.ts';
import { elide, oneLine, wrapped } from './text-width.ts';

export const historyFormats = ['text', 'json'] as const;
export type HistoryFormat = (typeof historyFormats)[number];

/** Runs with their times since the Unix epoch, and what is to be said of them, one sentence each. */
export interface ToldRuns {
  readonly histories: readonly RunHistory[];
  readonly notes: readonly string[];
}

/** Most notes that are shown as text. */
const NOTES_MAX = 12;

/** Runs of a real server as a timeline that begins at 0, or as one JSON document. */
export function renderHistories(
  { histories, notes }: ToldRuns,
  format: HistoryFormat,
  terminal: Terminal,
): string {
  const bars = spansOf(histories);
  const start = startOf(bars);
  const spans = sinceStart(bars, start);
  const startedAt = new Date(start).toISOString();
  if (format === 'json') return `${JSON.stringify({ start: startedAt, spans, notes })}\n`;
  const { palette, width } = terminal;
  const [first, ...others] = histories;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const heading = `${oneLine(first?.run.workflowId ?? '')}${more}, from ${startedAt} on`;
  const shown =
    notes.length > NOTES_MAX
      ? [...notes.slice(0, NOTES_MAX), `And ${notes.length - NOTES_MAX} more.`]
      : notes;
  const told = shown
    .flatMap((note) => wrapped(`! ${oneLine(note)}`, width, '  '))
    .map((line) => `${palette.bad(line)}\n`)
    .join('');
  const timeline = renderTimeline(spans, instant(lastOf(histories) - start), terminal);
  return [`${palette.strong(elide(heading, width))}\n`, timeline, ...(told === '' ? [] : [told])].join('\n');
}

/** The latest instant that is known of; what is open lasts until then. */
const lastOf = (histories: readonly RunHistory[]): Instant =>
  histories
    .flatMap(({ events, described }) => [events.at(-1)?.eventTime, described?.at])
    .reduce<Instant>((last, at) => (at === undefined ? last : later(last, at)), instant(0));
