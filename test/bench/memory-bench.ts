import { seconds } from '../../simulator/base/time.ts';
import { EngineLoad } from './engine-load.ts';
import { residentMegabytes, rounded, type Bench } from './report.ts';

const OPERATIONS = 1_000_000;

/** What a million started operations take, with their callers and their histories. */
export const memoryBench: Bench = () => {
  const before = residentMegabytes();
  const load = new EngineLoad();
  load.populate(OPERATIONS);
  // Deadlines of calls that were answered are let go when their time comes.
  load.advance(seconds(10));
  const after = residentMegabytes();
  const heap = process.memoryUsage().heapUsed;
  const workflows = load.engine.state.executions.size;
  return {
    operations: OPERATIONS,
    workflows,
    residentMegabytes: rounded(after),
    heapMegabytes: rounded(heap / 1_000_000),
    bytesPerOperation: rounded(((after - before) * 1_000_000) / OPERATIONS),
  };
};
