import { EngineLoad } from './engine-load.ts';
import { rounded, secondsOf, type Bench } from './report.ts';

const LIVE = { thousand: 1_000, hundredThousand: 100_000, million: 1_000_000 } as const;
const WARM_UP = 2_000;
const ROUND_TRIPS = 20_000;

/** Facts per second on one core, while so many operations are live; the key figure is the worst of the three. */
export const engineBench: Bench = () => {
  const figures: Record<string, number> = {};
  const rates: number[] = [];
  for (const [name, live] of Object.entries(LIVE)) {
    const load = new EngineLoad();
    load.populate(live);
    for (let nth = 0; nth < WARM_UP; nth++) load.roundTrip();
    globalThis.gc?.();
    const before = load.facts;
    const seconds = secondsOf(() => {
      for (let nth = 0; nth < ROUND_TRIPS; nth++) load.roundTrip();
    });
    const rate = (load.facts - before) / seconds;
    rates.push(rate);
    figures[`factsPerSecond.${name}`] = rounded(rate);
    figures[`roundTripsPerSecond.${name}`] = rounded(ROUND_TRIPS / seconds);
  }
  return { factsPerSecond: rounded(Math.min(...rates)), ...figures };
};
