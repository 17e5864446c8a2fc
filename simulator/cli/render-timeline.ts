import { between, formatDuration, ms, type Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanKind } from '../protocol/span.ts';
import { noColours, type Palette } from './palette.ts';
import { timeAxis, type TimeAxis } from './time-axis.ts';

/** Columns for the bars. */
const BARS_WIDTH = 56;
const LABEL_MAX = 44;
const ROWS_MAX = 400;

const glyphs = {
  workflow: '━',
  'workflow-task': '▪',
  timer: '┄',
  operation: '─',
  attempt: '█',
  backoff: '░',
  'queue-wait': '·',
  'breaker-wait': '╳',
  'rate-wait': '∶',
  activity: '▒',
  handler: '▓',
  callback: '▪',
} as const satisfies Record<SpanKind, string>;

/** What these kinds say is only of interest when it took time or went wrong. */
const quietKinds: ReadonlySet<SpanKind> = new Set<SpanKind>(['workflow-task', 'queue-wait']);

interface Row {
  readonly span: Span;
  readonly depth: number;
}

/** Spans as text: one block per lane, one line per bar, virtual times on the right. Kinds are told apart without colours. */
export function renderTimeline(spans: readonly Span[], now: Instant, palette: Palette = noColours): string {
  const shown = spans.filter((span) => !quietKinds.has(span.kind) || isTelling(span));
  if (shown.length === 0) return 'Nothing happened.\n';
  const blocks = lanesOf(shown);
  const rows = blocks.flatMap((block) => block.rows);
  const labelWidth = Math.min(LABEL_MAX, Math.max(...rows.map((row) => labelOf(row).length)));
  const axis = timeAxis(
    shown.flatMap((span) => [span.start, span.end ?? now]),
    BARS_WIDTH,
  );
  const indent = ' '.repeat(labelWidth + 1);
  const lines = axis.heading.map((line) => `${indent}${line}`.trimEnd());
  let left = ROWS_MAX;
  for (const block of blocks) {
    lines.push(palette.strong(block.title));
    for (const row of block.rows.slice(0, left)) lines.push(lineOf(row, { axis, labelWidth, now, palette }));
    left = Math.max(0, left - block.rows.length);
  }
  if (rows.length > ROWS_MAX) lines.push(`… and ${rows.length - ROWS_MAX} more bars`);
  return `${lines.join('\n')}\n`;
}

const isTelling = (span: Span): boolean =>
  span.end === undefined ||
  span.end > span.start ||
  (span.outcome !== undefined && span.outcome !== 'succeeded');

/** Lanes in the order in which something first happens in them, each with its bars as an indented tree. */
function lanesOf(
  spans: readonly Span[],
): readonly { readonly title: string; readonly rows: readonly Row[] }[] {
  const lanes = new Map<string, Span[]>();
  for (const span of spans) {
    const title = `${span.lane.namespace} / ${span.lane.track}`;
    const members = lanes.get(title) ?? [];
    members.push(span);
    lanes.set(title, members);
  }
  return [...lanes].map(([title, members]) => ({ title, rows: treeOf(members) }));
}

function treeOf(members: readonly Span[]): readonly Row[] {
  const ids = new Set(members.map((span) => span.id));
  const children = new Map<SpanId | undefined, Span[]>();
  for (const span of members) {
    const parent = span.parent !== undefined && ids.has(span.parent) ? span.parent : undefined;
    const siblings = children.get(parent) ?? [];
    siblings.push(span);
    children.set(parent, siblings);
  }
  const rows: Row[] = [];
  const visit = (parent: SpanId | undefined, depth: number): void => {
    // The sort is stable: what begins at one instant stays in the order in which it was told.
    for (const span of [...(children.get(parent) ?? [])].sort((a, b) => a.start - b.start)) {
      rows.push({ span, depth });
      visit(span.id, depth + 1);
    }
  };
  visit(undefined, 1);
  return rows;
}

function labelOf({ span, depth }: Row): string {
  const what = span.kind === 'workflow' || span.kind === 'handler' ? `${span.kind} ` : '';
  return `${'  '.repeat(depth)}${what}${span.name}`;
}

interface LineContext {
  readonly axis: TimeAxis;
  readonly labelWidth: number;
  readonly now: Instant;
  readonly palette: Palette;
}

/** Waiting stands back, and what went wrong stands out. */
function lookOf({ kind, outcome }: Span, palette: Palette): (text: string) => string {
  if (kind === 'backoff' || kind.endsWith('-wait')) return palette.faint;
  return outcome === undefined || outcome === 'succeeded' ? (text) => text : palette.bad;
}

function lineOf(row: Row, within: LineContext): string {
  const { span } = row;
  const { axis, labelWidth, now, palette } = within;
  const label = labelOf(row);
  const cut = label.length > labelWidth ? `${label.slice(0, labelWidth - 1)}…` : label.padEnd(labelWidth);
  const end = span.end ?? now;
  const lasted =
    end > span.start || span.end === undefined ? ` +${formatDuration(between(span.start, end))}` : '';
  const ended = span.end === undefined ? 'still open' : outcomeOf(span);
  const times = `${formatDuration(ms(span.start))}${lasted}`;
  return `${cut} ${lookOf(span, palette)(barOf(span, end, axis).padEnd(axis.width))} ${times.padEnd(18)} ${ended}`.trimEnd();
}

function barOf(span: Span, end: Instant, axis: TimeAxis): string {
  const from = axis.columnOf(span.start);
  const to = axis.columnOf(end);
  const last = span.end === undefined ? '▶' : to === from && end === span.start ? '│' : glyphs[span.kind];
  return `${' '.repeat(from)}${glyphs[span.kind].repeat(to - from)}${last}`;
}

function outcomeOf(span: Span): string {
  const why = span.failure === undefined ? '' : `: ${span.failure.join(' ← ')}`;
  if (span.outcome === undefined) return why.slice(2);
  return span.outcome === 'succeeded' && why === '' ? '' : `${span.outcome}${why}`;
}
