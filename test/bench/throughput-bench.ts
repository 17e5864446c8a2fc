import { compare } from './comparison.ts';
import { RawLoad } from './raw-load.ts';
import type { Bench } from './report.ts';

const IN_FLIGHT = [1, 8, 64];
/** Each of the callers in flight makes so many calls. */
const CALLS = 25;
const LEAST_OPERATIONS = 400;

/** Operations that are answered at once, per second, through clients that poll and respond. */
export const throughputBench: Bench = () =>
  compare(3, async ({ address }) => {
    const load = await RawLoad.open(address);
    const figures: Record<string, number> = {};
    for (const inFlight of IN_FLIGHT) {
      const operations = Math.max(LEAST_OPERATIONS, inFlight * CALLS);
      // The first round warms both sides up.
      await load.run({ operations: operations / 4, inFlight, style: 'sync' });
      const { seconds } = await load.run({ operations, inFlight, style: 'sync' });
      figures[`operationsPerSecondWith${inFlight}`] = operations / seconds;
    }
    load.close();
    return figures;
  });
