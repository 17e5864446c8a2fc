import { peers, type RunningPeer } from './peers.ts';
import { rounded, type Figures } from './report.ts';

/** What one peer showed in one round, by name; each name says its unit. */
type Measured = Readonly<Record<string, number>>;

/**
 * Measures the peers in turn, in several rounds, so that what else the machine does meets both.
 * Prints medians over the rounds as `figure.simulator`, `figure.devServer`, and `figure.ratio`: theirs by ours.
 */
export async function compare(
  rounds: number,
  measure: (peer: RunningPeer) => Measured | Promise<Measured>,
): Promise<Figures> {
  const competitors = peers();
  const shown = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const peer of competitors) {
      const running = await peer.start();
      try {
        for (const [figure, value] of Object.entries(await measure(running))) {
          const key = `${figure}.${peer.name}`;
          shown.set(key, [...(shown.get(key) ?? []), value]);
        }
      } finally {
        await running.stop();
      }
    }
  }
  const medians = new Map([...shown].map(([key, values]) => [key, quantile(values, 0.5)]));
  const ratios = [...medians].flatMap(([key, theirs]) => {
    const figure = key.endsWith('.devServer') ? key.slice(0, -'.devServer'.length) : undefined;
    const ours = figure === undefined ? undefined : medians.get(`${figure}.simulator`);
    return figure === undefined || ours === undefined ? [] : [[`${figure}.ratio`, theirs / ours] as const];
  });
  const all = [...medians, ...ratios].map(([key, value]) => [key, rounded(value)] as const);
  return { rounds, ...Object.fromEntries(all) };
}

/** `share` of 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
