import { definitions, type CounterName, type HistogramName, type MetricName } from './definitions.ts';

export type Labels = Readonly<Record<string, string>>;

/** A value of the present moment, which is measured when somebody asks. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: Labels;
  readonly value: number;
}

/** Most series of all metrics; names are the clients' to choose, and more than these are not counted. */
export const SERIES_MAX = 10_000;

/** Upper bounds in seconds; the server's own for latencies. */
export const BUCKETS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000,
];

interface Histogram {
  /** How many are in each bucket and in no smaller one; the last is without a bound. */
  readonly counts: number[];
  sum: number;
}

/** Counters and histograms by name and labels, and their text as Prometheus reads it. */
export class Series {
  readonly #counters = new Map<CounterName, Map<string, number>>();
  readonly #histograms = new Map<HistogramName, Map<string, Histogram>>();
  #size = 0;

  increment(name: CounterName, labels: Labels): void {
    const series = seriesOf(this.#counters, name);
    const key = keyOf(labels);
    const value = series.get(key);
    if (value === undefined && !this.#admits()) return;
    series.set(key, (value ?? 0) + 1);
  }

  observe(name: HistogramName, labels: Labels, seconds: number): void {
    const series = seriesOf(this.#histograms, name);
    const key = keyOf(labels);
    let histogram = series.get(key);
    if (histogram === undefined) {
      if (!this.#admits()) return;
      histogram = { counts: new Array<number>(BUCKETS.length + 1).fill(0), sum: 0 };
      series.set(key, histogram);
    }
    const found = BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = found < 0 ? BUCKETS.length : found;
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histogram.sum += seconds;
  }

  /** The text exposition format, version 0.0.4; metrics of which nothing is known are left out. */
  text(gauges: readonly Gauge[]): string {
    const lines: string[] = [];
    for (const [name, series] of this.#counters) {
      lines.push(...headOf(name, definitions[name].help, 'counter'));
      for (const [labels, value] of series) lines.push(`${name}${braced(labels)} ${value}`);
    }
    for (const [name, series] of this.#histograms) {
      lines.push(...headOf(name, definitions[name].help, 'histogram'));
      for (const [labels, histogram] of series) lines.push(...linesOf(name, labels, histogram));
    }
    const told = new Set<string>();
    for (const { name, help, labels = {}, value } of gauges) {
      if (!told.has(name)) lines.push(...headOf(name, help, 'gauge'));
      told.add(name);
      lines.push(`${name}${braced(keyOf(labels))} ${value}`);
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  #admits(): boolean {
    if (this.#size >= SERIES_MAX) return false;
    this.#size++;
    return true;
  }
}

function seriesOf<N extends MetricName, T>(all: Map<N, Map<string, T>>, name: N): Map<string, T> {
  const known = all.get(name);
  if (known !== undefined) return known;
  const series = new Map<string, T>();
  all.set(name, series);
  return series;
}

const headOf = (name: string, help: string, type: string): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function linesOf(name: string, labels: string, { counts, sum }: Histogram): readonly string[] {
  const lines: string[] = [];
  let count = 0;
  for (const [index, inBucket] of counts.entries()) {
    count += inBucket;
    const bound = `le="${BUCKETS[index] ?? '+Inf'}"`;
    lines.push(`${name}_bucket${braced(labels === '' ? bound : `${labels},${bound}`)} ${count}`);
  }
  return [...lines, `${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${count}`];
}

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

/** As they stand in the text, which is what tells series apart. */
const keyOf = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
