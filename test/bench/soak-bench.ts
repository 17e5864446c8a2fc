import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hours } from '../../simulator/base/time.ts';
import { ControlClient } from '../harness/control-client.ts';
import { GrpcClient } from '../harness/grpc-client.ts';
import { rounded, type Bench, type Figures } from './report.ts';
import { ENDPOINT, HANDLERS, NAMESPACE, SoakLane } from './soak-load.ts';
import { SoakProcess } from './soak-process.ts';

const LANES = 4;
/** Operations of one lane between two measurements. */
const OPERATIONS = 70;
/** Rounds that are not judged: code is compiled, tables find their size. */
const WARM_UP = 3;
/**
 * Growth of the heap per operation, in bytes, that is called a leak. A run that is not forgotten takes several times
 * as much; heap snapshots show compiled code below it, which is still growing after minutes.
 */
const LEAK = 1_000;

/** What must be as it was once everything has ended and expired. */
const gauges = [
  'runs_running',
  'runs_closed',
  'timers',
  'nexus_tasks',
  'waiting_calls',
  'held_tasks',
] as const;

interface Sample {
  readonly operations: number;
  readonly seconds: number;
  readonly held: ReadonlyMap<string, number>;
  readonly journal: number;
}

/**
 * A simulator that stays up under mixed load for some minutes. After each round virtual time goes on until all that
 * was left open has ended and the retention is over; then what is still held is measured.
 */
export const soakBench: Bench = async (options) => {
  const minutes = options.minutes ?? 2;
  const folder = mkdtempSync(join(tmpdir(), 'nexus-soak-'));
  const simulator = await SoakProcess.start(folder);
  try {
    return verdictOn(await soak(simulator, { until: performance.now() + minutes * 60_000, folder }));
  } finally {
    await simulator.end();
    rmSync(folder, { recursive: true });
  }
};

async function soak(
  simulator: SoakProcess,
  { until, folder }: { readonly until: number; readonly folder: string },
): Promise<readonly Sample[]> {
  const { grpc, control } = simulator.announced;
  await setUp(grpc);
  const steering = await ControlClient.connect(control.url, control.token);
  const lanes = Array.from({ length: LANES }, (_, lane) => new SoakLane(grpc, lane));
  const samples: Sample[] = [];
  const begun = performance.now();
  try {
    for (let round = 1; round <= WARM_UP + 2 || performance.now() < until; round++) {
      const slow = await slowReader(control);
      await Promise.all(lanes.map((lane) => operate(lane)));
      slow.dispose();
      await steering.request('clock/set', { mode: 'paused' });
      await steering.request('clock/advance', { by: hours(2) });
      await steering.request('clock/set', { mode: 'paced', rate: 1 });
      // Closed runs go with the next thing that comes.
      await steering.request('limits/set', { changes: {} });
      samples.push({
        operations: round * LANES * OPERATIONS,
        seconds: (performance.now() - begun) / 1_000,
        held: await simulator.measure(),
        journal: sizeOf(folder),
      });
    }
  } finally {
    for (const each of [...lanes, steering]) each.dispose();
  }
  return samples;
}

async function operate(lane: SoakLane): Promise<void> {
  for (let nth = 0; nth < OPERATIONS; nth++) await lane.operate();
}

async function setUp(grpc: string): Promise<void> {
  const client = new GrpcClient(grpc, 0);
  const retention = { namespace: NAMESPACE, workflowExecutionRetentionPeriod: hours(1) };
  await client.call('temporal.api.workflowservice.v1.WorkflowService/RegisterNamespace', retention);
  for (let lane = 0; lane < LANES; lane++) {
    const worker = { namespace: NAMESPACE, taskQueue: `${HANDLERS}-lane-${lane}` };
    const spec = { name: `${ENDPOINT}-lane-${lane}`, target: { worker } };
    await client.call('temporal.api.operatorservice.v1.OperatorService/CreateNexusEndpoint', { spec });
  }
  client.dispose();
}

/** It asks for everything and then reads nothing. */
async function slowReader({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<ControlClient> {
  const client = await ControlClient.connect(url, token);
  await client.request('timeline/subscribe', {});
  await client.request('facts/subscribe', {});
  client.socket.pause();
  return client;
}

const sizeOf = (folder: string): number =>
  readdirSync(join(folder, 'recordings')).reduce(
    (sum, name) => sum + statSync(join(folder, 'recordings', name)).size,
    0,
  );

function verdictOn(samples: readonly Sample[]): Figures {
  const judged = samples.slice(WARM_UP);
  const [first, last] = [judged[0], judged.at(-1)];
  if (first === undefined || last === undefined) throw new Error('too few rounds');
  const operations = last.operations - first.operations;
  const per = (from: number, to: number): number => rounded((to - from) / operations);
  const slope = slopeOf(judged, 'nodejs_heap_size_used_bytes');
  const left = gauges.filter((name) => held(last, `nexus_sim_${name}`) > held(first, `nexus_sim_${name}`));
  const spans = held(last, 'nexus_sim_spans') - held(first, 'nexus_sim_spans');
  const passed = slope < LEAK && left.length === 0 && spans <= 0;
  return {
    passed: String(passed),
    rounds: samples.length,
    operations: last.operations,
    operationsPerSecond: rounded(last.operations / last.seconds),
    heapBytesPerOperation: rounded(slope),
    residentBytesPerOperation: rounded(slopeOf(judged, 'process_resident_memory_bytes')),
    journalBytesPerOperation: per(first.journal, last.journal),
    residentMegabytes: rounded(held(last, 'process_resident_memory_bytes') / 1e6),
    heapMegabytes: rounded(held(last, 'nodejs_heap_size_used_bytes') / 1e6),
    activeResources: held(last, 'nodejs_active_resources_total'),
    activeResourcesFirst: held(first, 'nodejs_active_resources_total'),
    taskQueues: held(last, 'nexus_sim_task_queues'),
    spans: held(last, 'nexus_sim_spans'),
    spansDropped: held(last, 'nexus_sim_spans_dropped'),
    left: left.map((name) => `${name}=${held(last, `nexus_sim_${name}`)}`).join(' '),
  };
}

const held = ({ held: values }: Sample, name: string): number => values.get(name) ?? 0;

/** Least squares: how much more is held for each operation that was made and is over. */
function slopeOf(samples: readonly Sample[], name: string): number {
  const meanX = samples.reduce((sum, each) => sum + each.operations, 0) / samples.length;
  const meanY = samples.reduce((sum, each) => sum + held(each, name), 0) / samples.length;
  const [over, under] = samples.reduce(
    ([above, below], each) => {
      const x = each.operations - meanX;
      return [above + x * (held(each, name) - meanY), below + x * x];
    },
    [0, 0],
  );
  return over / under;
}
