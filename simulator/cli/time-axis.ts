import { formatDuration, ms, type Instant } from '../base/time.ts';

/** Places instants in text columns. */
export interface TimeAxis {
  readonly width: number;
  columnOf(at: Instant): number;
  /** The labels above the columns, and below them the line on which every label has its tick. */
  readonly heading: readonly [string, string];
  /** Whether there is a stretch without events that is drawn much shorter than it is. */
  readonly isFolded: boolean;
}

/** Drawn on the line where time is folded. */
export const FOLD = '≈';

/** A gap is folded when it is longer than all shorter ones together by this factor. */
const FOLD_FACTOR = 4;

/**
 * An axis on which every gap between two instants is as wide as the logarithm of its length, so that milliseconds
 * and days fit into one line. Instants that differ have columns that differ while there are enough of them.
 */
export function timeAxis(instants: readonly Instant[], width: number): TimeAxis {
  const distinct = [...new Set(instants)].sort((a, b) => a - b);
  const columns = spread(distinct, width);
  const columnOf = (at: Instant): number => columns.get(at) ?? 0;
  const folds = foldsOf(distinct);
  return {
    width,
    columnOf,
    heading: headingOf({ distinct, folds, columnOf, width }),
    isFolded: folds.length > 0,
  };
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

interface Gap {
  readonly from: Instant;
  readonly to: Instant;
}

/** The longest gaps, as long as each of them outweighs everything shorter. */
function foldsOf(distinct: readonly Instant[]): readonly Gap[] {
  const gaps = distinct.slice(1).map((to, index) => ({ from: distinct[index] ?? to, to }));
  const longestFirst = gaps.sort((a, b) => b.to - b.from - (a.to - a.from));
  let rest = (distinct.at(-1) ?? 0) - (distinct[0] ?? 0);
  const folds: Gap[] = [];
  for (const gap of longestFirst) {
    const length = gap.to - gap.from;
    rest -= length;
    if (rest <= 0 || length < FOLD_FACTOR * rest) break;
    folds.push(gap);
  }
  return folds;
}

interface Heading {
  readonly distinct: readonly Instant[];
  readonly folds: readonly Gap[];
  readonly columnOf: (at: Instant) => number;
  readonly width: number;
}

function headingOf({ distinct, folds, columnOf, width }: Heading): readonly [string, string] {
  const labels = new Array<string>(width).fill(' ');
  const line = new Array<string>(width).fill('╌');
  for (const { from, to } of folds) line.fill(FOLD, columnOf(from) + 1, columnOf(to));
  const told = new Set<string>();
  // Both ends of the axis first; between them as many as find room.
  for (const at of new Set([distinct[0], distinct.at(-1), ...distinct])) {
    if (at === undefined) continue;
    const text = roughly(at);
    const column = columnOf(at);
    const from = Math.min(column, width - text.length);
    // One blank on either side keeps a label apart from its neighbours.
    const isFree = from >= 0 && labels.slice(Math.max(0, from - 1), from + text.length + 1).every(isBlank);
    if (!isFree || told.has(text)) continue;
    told.add(text);
    labels.splice(from, text.length, ...Array.from(text));
    line[column] = '╷';
  }
  return [labels.join('').trimEnd(), line.join('')];
}

const isBlank = (character: string): boolean => character === ' ';

/** Instants on the axis are for orientation: from this length on, what is shorter than this unit is left out. */
const precision = [
  [86_400_000, 3_600_000],
  [3_600_000, 60_000],
  [60_000, 1_000],
  [1_000, 100],
  [0, 1],
] as const;

function roughly(at: Instant): string {
  const unit = precision.find(([from]) => at >= from)?.[1] ?? 1;
  return formatDuration(ms(Math.trunc(at / unit) * unit));
}
