import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rounded, type Bench } from './report.ts';

const PROGRAM = 'dist/simulator.cjs';
const RUNS = 10;

/** From the start of the process to the line that says where it can be reached. */
export const startBench: Bench = async () => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; build it with "npm run build".`);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await readyAfter());
  times.sort((a, b) => a - b);
  return {
    runs: RUNS,
    readyMilliseconds: rounded(times[RUNS / 2] ?? 0),
    fastestMilliseconds: rounded(times[0] ?? 0),
    slowestMilliseconds: rounded(times.at(-1) ?? 0),
  };
};

function readyAfter(): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const argv = [PROGRAM, 'start', '--port', '0', '--announce', 'json'];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    let ready: number | undefined;
    child.stdout.once('data', () => {
      ready = performance.now() - begun;
      // It ends when its standard input closes.
      child.stdin.end();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (ready === undefined)
        reject(new Error(`${PROGRAM} ended with ${code ?? 'a signal'} before it was ready.`));
      else resolve(ready);
    });
  });
}
