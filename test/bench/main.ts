import { asyncLatencyBench } from './async-latency-bench.ts';
import { engineBench } from './engine-bench.ts';
import { firstRpcBench } from './first-rpc-bench.ts';
import { journalBench } from './journal-bench.ts';
import { memoryBench } from './memory-bench.ts';
import { residentBench } from './resident-bench.ts';
import { rounded, type Bench } from './report.ts';
import { soakBench } from './soak-bench.ts';
import { startBench } from './start-bench.ts';
import { syncLatencyBench } from './sync-latency-bench.ts';
import { throughputBench } from './throughput-bench.ts';
import { yearBench } from './year-bench.ts';

const benches: Readonly<Record<string, Bench>> = {
  engine: engineBench,
  year: yearBench,
  memory: memoryBench,
  start: startBench,
  journal: journalBench,
  'first-rpc': firstRpcBench,
  resident: residentBench,
  'sync-latency': syncLatencyBench,
  throughput: throughputBench,
  'async-latency': asyncLatencyBench,
  soak: soakBench,
};

/** A soak is bounded. */
const MINUTES_MAX = 24 * 60;

/** Runs one benchmark and prints its figures, as a table or with `--json` as one line. Returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { minutes, words } = withoutMinutes(argv.filter((word) => word !== '--json'));
  const [name = '', ...rest] = words;
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined || rest.length > 0) {
    console.error(
      `Expected one benchmark of ${Object.keys(benches).join(', ')}, and nothing else but --json and, for soak, --minutes N.`,
    );
    return 2;
  }
  const begun = performance.now();
  const figures = await bench(minutes === undefined ? {} : { minutes });
  const { user, system } = process.cpuUsage();
  // Well below 1 while the process worked: other processes had the core, and the figures are too low.
  const coreShare = rounded((user + system) / 1_000 / (performance.now() - begun));
  const report = { bench: name, node: process.version, ...figures, coreShare };
  if (argv.includes('--json')) console.log(JSON.stringify(report));
  else console.table(report);
  return 0;
}

/** Takes `--minutes N` out; what is no such number stays, and is refused with the rest. */
function withoutMinutes(argv: readonly string[]): {
  readonly minutes?: number;
  readonly words: readonly string[];
} {
  const at = argv.indexOf('--minutes');
  const minutes = Number(argv[at + 1]);
  return at < 0 || !(minutes > 0 && minutes <= MINUTES_MAX)
    ? { words: argv }
    : { minutes, words: argv.filter((_, index) => index !== at && index !== at + 1) };
}

process.exitCode = await main(process.argv.slice(2));
