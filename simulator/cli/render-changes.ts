import { between, formatDuration, ms, type Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanKind } from '../protocol/span.ts';
import { sinceStart, startOf } from '../spans/since-start.ts';
import type { HistoryFormat } from './render-histories.ts';
import type { Terminal } from './terminal.ts';
import { cut, oneLine } from './text-width.ts';

/** Too many and too short to be told one by one. */
const quietKinds: ReadonlySet<SpanKind> = new Set<SpanKind>(['workflow-task', 'queue-wait']);

/** Tells what is new since the last time, a line for each bar that began or ended. */
export class ChangeReport {
  readonly #format: HistoryFormat;
  readonly #terminal: Terminal;
  readonly #told = new Map<SpanId, string>();
  #start: Instant | undefined;

  constructor(format: HistoryFormat, terminal: Terminal) {
    this.#format = format;
    this.#terminal = terminal;
  }

  changesIn(spans: readonly Span[]): string {
    const start = (this.#start ??= startOf(spans));
    const moved = sinceStart(spans, start);
    const changed = moved.filter((span) => this.#isChanged(span));
    if (this.#format === 'json')
      return changed
        .map((span) => `${JSON.stringify({ start: new Date(start).toISOString(), span })}\n`)
        .join('');
    return changed
      .filter(({ kind }) => !quietKinds.has(kind))
      .toSorted((a, b) => (a.end ?? a.start) - (b.end ?? b.start))
      .map((span) => `${cut(lineOf(span), this.#terminal.width)}\n`)
      .join('');
  }

  #isChanged(span: Span): boolean {
    const text = JSON.stringify(this.#format === 'json' ? span : [span.end, span.outcome]);
    if (this.#told.get(span.id) === text) return false;
    this.#told.set(span.id, text);
    return true;
  }
}

function lineOf({ lane, kind, name, start, end, outcome, failure = [] }: Span): string {
  const at = formatDuration(ms(end ?? start)).padStart(9);
  const what = kind === 'workflow' || kind === 'activity' ? `${kind} ${name}` : name;
  const how =
    end === undefined ? 'began' : `${outcome ?? 'ended'} after ${formatDuration(between(start, end))}`;
  const why = failure.length === 0 ? '' : `: ${failure.join(' ← ')}`;
  return `${at}  ${oneLine(`${lane.namespace}/${lane.track}  ${what} ${how}${why}`)}`;
}
