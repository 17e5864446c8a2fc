import { between, formatDuration, later, ms, type Instant } from '../base/time.ts';
import type { Span, SpanKind } from '../protocol/span.ts';
import { noColours, type Palette } from './palette.ts';
import { columnsOf, cut, elide, padded, wrapped } from './text-width.ts';
import { FOLD, timeAxis, type TimeAxis } from './time-axis.ts';
import { timelineLanes, type TimelineRow } from './timeline-rows.ts';

/** Most columns for the bars; more would only be longer. */
const BARS_MAX = 90;
/** Fewer columns for the bars than these, and the times give way. */
const BARS_MIN = 12;
/** Notes stand beside the bars when these columns remain for the bars, else below them. */
const BARS_COMFORTABLE = 40;
/** A longer note is cut there rather than sending all of them below. */
const NOTE_MAX = 70;
const ROWS_MAX = 400;

const looks = {
  workflow: { glyph: '━', word: 'workflow' },
  'workflow-task': { glyph: '▪', word: 'workflow task' },
  timer: { glyph: '┄', word: 'timer' },
  operation: { glyph: '─', word: 'operation' },
  attempt: { glyph: '█', word: 'attempt' },
  backoff: { glyph: '░', word: 'backoff' },
  'queue-wait': { glyph: '·', word: 'waiting' },
  'breaker-wait': { glyph: '╳', word: 'circuit breaker open' },
  'rate-wait': { glyph: '∶', word: 'rate limit' },
  activity: { glyph: '▒', word: 'activity' },
  handler: { glyph: '▓', word: 'handler' },
  update: { glyph: '═', word: 'update' },
  callback: { glyph: '▪', word: 'callback' },
} as const satisfies Record<SpanKind, { readonly glyph: string; readonly word: string }>;

const POINT = '│';
const OPEN = '▶';

/** What these kinds say is only of interest when it took time or went wrong. */
const quietKinds: ReadonlySet<SpanKind> = new Set<SpanKind>(['workflow-task', 'queue-wait']);

export interface Drawing {
  /** Columns that no line exceeds. */
  readonly width: number;
  readonly palette?: Palette;
}

/**
 * Spans as text: a block for each namespace, in it one line per bar, with the time of its start and how long it
 * took. Kinds are told apart without colours.
 */
export function renderTimeline(spans: readonly Span[], now: Instant, drawing: Drawing): string {
  const { width, palette = noColours } = drawing;
  const shown = spans.filter((span) => !quietKinds.has(span.kind) || isTelling(span));
  if (shown.length === 0) return 'Nothing happened.\n';
  const lanes = timelineLanes(shown);
  const rows = lanes.flatMap(({ tracks }) => tracks.flatMap((track) => track.rows));
  const endOf = ({ start, end }: Span): Instant => later(start, end ?? now);
  const texts = new Map(rows.map((row) => [row, textsOf(row, endOf(row.span))]));
  const columns = columnsFor([...texts.values()], width);
  const axis = timeAxis(
    shown.flatMap((span) => [span.start, endOf(span)]),
    columns.bars,
  );
  const lines = headingOf(axis, columns);
  let left = ROWS_MAX;
  for (const { namespace, tracks } of lanes) {
    lines.push(palette.strong(ruled(namespace, width)));
    for (const track of tracks) {
      lines.push(` ${palette.strong(elide(track.title, width - 1))}`);
      for (const row of track.rows.slice(0, left)) {
        const text = texts.get(row) ?? textsOf(row, endOf(row.span));
        const bar = barOf(row, endOf(row.span), axis);
        lines.push(...linesOf({ ...text, bar, look: lookOf(row.span, palette) }, columns));
      }
      left = Math.max(0, left - track.rows.length);
    }
  }
  if (rows.length > ROWS_MAX) lines.push(`… and ${rows.length - ROWS_MAX} more bars`);
  lines.push('', ...legendOf(rows, axis, width).map(palette.faint));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

const isTelling = (span: Span): boolean =>
  span.end === undefined ||
  span.end > span.start ||
  (span.outcome !== undefined && span.outcome !== 'succeeded');

/** A title in a rule over the whole width. */
function ruled(title: string, width: number): string {
  const name = `══ ${elide(title, width - 4)} `;
  return `${name}${'═'.repeat(Math.max(0, width - columnsOf(name)))}`;
}

/** The words and figures of one line. */
interface RowTexts {
  readonly label: string;
  readonly at: string;
  readonly took: string;
  readonly note: string;
}

function textsOf({ span, depth, label, note }: TimelineRow, end: Instant): RowTexts {
  const lasts = end > span.start || span.end === undefined;
  return {
    label: `${'  '.repeat(Math.min(depth, 5) + 1)}${label}`,
    at: formatDuration(ms(span.start)),
    took: lasts ? formatDuration(between(span.start, end)) : '',
    note,
  };
}

/** Columns of a line, from the left to the right; 0 for a part that is left out. */
interface Columns {
  readonly label: number;
  readonly bars: number;
  readonly at: number;
  readonly took: number;
  readonly note: number;
  readonly width: number;
}

function columnsFor(rows: readonly RowTexts[], width: number): Columns {
  const longest = (part: keyof RowTexts): number =>
    rows.reduce((most, row) => Math.max(most, columnsOf(row[part])), 0);
  const label = Math.min(longest('label'), Math.max(Math.floor(width * 0.4), 14));
  const beside = (columns: number): number => (columns === 0 ? 0 : columns + 1);
  let [at, took, note] = [longest('at'), Math.max(longest('took'), 4), Math.min(longest('note'), NOTE_MAX)];
  const barsLeft = (): number => width - label - 1 - beside(at) - beside(took) - beside(note);
  if (barsLeft() < BARS_COMFORTABLE) note = 0;
  if (barsLeft() < BARS_MIN) took = 0;
  if (barsLeft() < BARS_MIN) at = 0;
  const bars = Math.min(Math.max(barsLeft(), 1), BARS_MAX);
  // What the bars do not need belongs to the notes.
  const spare = note === 0 ? 0 : Math.max(barsLeft() - bars, 0);
  return { label, bars, at, took, note: note + spare, width };
}

interface Line extends RowTexts {
  readonly bar: string;
  readonly look: (text: string) => string;
}

/** A line, and below it the note where it has no room beside the bar. */
function linesOf({ label, bar, at, took, note, look }: Line, columns: Columns): string[] {
  const parts = [
    padded(elided(label, columns.label), columns.label),
    look(padded(bar, columns.bars)),
    ...(columns.at === 0 ? [] : [at.padStart(columns.at)]),
    ...(columns.took === 0 ? [] : [took.padStart(columns.took)]),
    ...(columns.note === 0 ? [] : [look(cut(note, columns.note))]),
  ];
  const line = parts.join(' ');
  if (note === '' || columns.note > 0) return [line];
  const indent = ' '.repeat(label.length - label.trimStart().length);
  return [line, `${indent}${look(cut(`└ ${note}`, columns.width - indent.length))}`];
}

/** Elides a label behind its indentation. */
function elided(label: string, width: number): string {
  const name = label.trimStart();
  const indent = label.slice(0, label.length - name.length);
  return `${indent}${elide(name, width - indent.length)}`;
}

function headingOf({ heading: [labels, line] }: TimeAxis, columns: Columns): string[] {
  const indent = ' '.repeat(columns.label + 1);
  const at = columns.at === 0 ? '' : ` ${'at'.padStart(columns.at)}`;
  const took = columns.took === 0 ? '' : ` ${'took'.padStart(columns.took)}`;
  return [`${indent}${labels.padEnd(columns.bars)}${at}${took}`, `${indent}${line}`];
}

/** Waiting stands back, and what went wrong stands out. */
function lookOf({ kind, outcome }: Span, palette: Palette): (text: string) => string {
  if (kind === 'backoff' || kind.endsWith('-wait')) return palette.faint;
  return outcome === undefined || outcome === 'succeeded' ? (text) => text : palette.bad;
}

function barOf({ span, waitsFrom }: TimelineRow, end: Instant, axis: TimeAxis): string {
  const { glyph } = looks[span.kind];
  const from = axis.columnOf(span.start);
  const to = axis.columnOf(end);
  const last = span.end === undefined ? OPEN : end === span.start ? POINT : glyph;
  const waitedFrom = waitsFrom === undefined ? from : Math.min(axis.columnOf(waitsFrom), from);
  const waited = looks['queue-wait'].glyph.repeat(from - waitedFrom);
  return `${' '.repeat(waitedFrom)}${waited}${glyph.repeat(to - from)}${last}`;
}

/** Only what is to be seen is explained. */
function legendOf(rows: readonly TimelineRow[], axis: TimeAxis, width: number): string[] {
  const kinds = new Set(rows.filter(hasLength).map(({ span }) => span.kind));
  if (rows.some(({ waitsFrom }) => waitsFrom !== undefined)) kinds.add('queue-wait');
  const bars = Object.entries(looks).flatMap(([kind, { glyph, word }]) =>
    kinds.has(kind as SpanKind) ? [`${glyph} ${word}`] : [],
  );
  const marks = [
    ...(rows.every(hasLength) ? [] : [`${POINT} in no time`]),
    ...(rows.some(({ span }) => span.end === undefined) ? [`${OPEN} still open`] : []),
    ...(axis.isFolded ? [`${FOLD} idle, folded`] : []),
    ...(rows.some(({ span }) => span.kind === 'operation') ? ['#1 a call, on both its sides'] : []),
  ];
  // No-break spaces keep a sign and its word together.
  const entries = [...bars, ...marks].map((entry) => entry.replaceAll(' ', '\u00a0'));
  return wrapped(entries.join('   '), width).map((line) => line.trim().replaceAll('\u00a0', ' '));
}

const hasLength = ({ span: { start, end } }: TimelineRow): boolean => end === undefined || end > start;
