import { formatDuration, ms, type Instant } from '../base/time.ts';

/** Places instants in text columns. */
export interface TimeAxis {
  readonly width: number;
  columnOf(at: Instant): number;
  /** The labels above the columns, and the ticks below the labels. */
  readonly heading: readonly [string, string];
}

/**
 * An axis on which every gap between two instants is as wide as the logarithm of its length, so that milliseconds
 * and days fit into one line. Instants that differ have columns that differ while there are enough of them.
 */
export function timeAxis(instants: readonly Instant[], width: number): TimeAxis {
  const distinct = [...new Set(instants)].sort((a, b) => a - b);
  const columns = spread(distinct, width);
  const columnOf = (at: Instant): number => columns.get(at) ?? 0;
  return { width, columnOf, heading: headingOf(distinct, columnOf, width) };
}

function spread(distinct: readonly Instant[], width: number): ReadonlyMap<Instant, number> {
  const weights = distinct.map((at, index) =>
    index === 0 ? 0 : Math.log10(1 + at - (distinct[index - 1] ?? at)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const columns = new Map<Instant, number>();
  let sum = 0;
  let previous = -1;
  for (const [index, at] of distinct.entries()) {
    sum += weights[index] ?? 0;
    const ideal = Math.round((sum / total) * (width - 1));
    const roomBehind = distinct.length - 1 - index;
    const column =
      distinct.length > width ? ideal : Math.min(Math.max(ideal, previous + 1), width - 1 - roomBehind);
    columns.set(at, column);
    previous = column;
  }
  return columns;
}

function headingOf(
  distinct: readonly Instant[],
  columnOf: (at: Instant) => number,
  width: number,
): readonly [string, string] {
  let labels = '';
  let ticks = '';
  for (const at of distinct) {
    const column = columnOf(at);
    const label = formatDuration(ms(at));
    if (column < labels.length || column + label.length > width + label.length - 1) continue;
    labels = `${labels.padEnd(column)}${label} `;
    ticks = `${ticks.padEnd(column)}╷`;
  }
  return [labels.trimEnd(), ticks];
}
