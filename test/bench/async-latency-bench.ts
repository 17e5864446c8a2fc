import { compare, quantile } from './comparison.ts';
import { RawLoad } from './raw-load.ts';
import type { Bench } from './report.ts';

const OPERATIONS = 200;

/**
 * From the command that schedules an operation to the workflow task that tells its result, where the operation is a
 * workflow of another namespace and its completion comes back as a callback.
 */
export const asyncLatencyBench: Bench = () =>
  compare(3, async ({ address }) => {
    const load = await RawLoad.open(address);
    await load.run({ operations: OPERATIONS / 4, inFlight: 1, style: 'async' });
    const { latencies } = await load.run({ operations: OPERATIONS, inFlight: 1, style: 'async' });
    load.close();
    return { p50Milliseconds: quantile(latencies, 0.5), p99Milliseconds: quantile(latencies, 0.99) };
  });
