/** What a benchmark measured, by name; each name says its unit. */
export type Figures = Readonly<Record<string, number | string>>;

/** What a benchmark is told besides its name. */
export interface BenchOptions {
  /** How long it may take, where it takes as long as it is told. */
  readonly minutes?: number;
}

export type Bench = (options: BenchOptions) => Figures | Promise<Figures>;

/** Wall-clock seconds that `work` takes. */
export function secondsOf(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1_000;
}

/** Three significant digits; a figure that says more lies. */
export const rounded = (figure: number): number => Number(figure.toPrecision(3));

/** What the process holds after a collection, in megabytes. */
export function residentMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1_000_000;
}
