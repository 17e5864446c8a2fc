import { afterAll, beforeAll, expect, test } from 'vitest';
import { nexusSim, nexusSimIn, SimulatorProcess } from '../harness/simulator-process.ts';

let simulator: SimulatorProcess;
let address = '';

beforeAll(async () => {
  const world = ['--world', 'examples/hello.nexus.yaml', '--time', 'skip'];
  simulator = new SimulatorProcess('start', '--port', '0', '--announce', 'json', ...world);
  const [line] = await simulator.until('stdout', /^.*\n/);
  ({ grpc: address } = JSON.parse(line) as { grpc: string });
});

afterAll(async () => {
  simulator.child.stdin.end();
  await simulator.ended;
});

const welcome = ['--workflow', 'welcome-ada', '--namespace', 'storefront'];

test('--follow tells what happens until all is over, and draws it', () => {
  const { code, out, error } = nexusSim('attach', address, ...welcome, '--follow');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toMatch(/ {2}storefront\/welcome-ada {2}GreetingService\.greet succeeded after \S+\n/);
  expect(out).toMatch(/══ storefront ═[^]*GreetingService\.greet #2 [^]*══ greetings ═[^]*workflow \S+ #2 /);
});

test('the address and the namespace may come from the environment', () => {
  const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'storefront' };
  const { out } = nexusSimIn(env, 'attach', '--workflow', 'welcome-ada', '--format', 'json');
  const { spans, notes } = JSON.parse(out) as {
    readonly spans: readonly object[];
    readonly notes: readonly string[];
  };
  expect(spans[0]).toMatchObject({ kind: 'workflow', name: 'welcomeCustomer', start: 0 });
  expect(notes).toEqual([]);
});

test('what is not there is one sentence and code 2', () => {
  const missing = nexusSim('attach', address, '--workflow', 'nobody', '--namespace', 'storefront');
  expect(missing).toMatchObject({ code: 2, out: '' });
  expect(missing.error).toMatch(/^nexus-sim: Workflow nobody in storefront cannot be read: .*\.\n$/);
  const nowhere = nexusSim('attach', '127.0.0.1:1', ...welcome);
  expect(nowhere).toMatchObject({ code: 2, out: '' });
  expect(nowhere.error).toMatch(/^nexus-sim: No Temporal server answers at 127\.0\.0\.1:1: .*\n$/);
});
