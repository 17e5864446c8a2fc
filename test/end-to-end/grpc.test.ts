// The bundle's gRPC frontend with Temporal's own client: what the bundler trimmed must not be missed.
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nexusSim, SimulatorProcess } from '../harness/simulator-process.ts';

let simulator: SimulatorProcess;
let connection: Connection;

beforeEach(async () => {
  const world = ['--world', 'examples/hello.nexus.yaml', '--time', 'skip'];
  simulator = new SimulatorProcess('start', '--port', '0', '--announce', 'json', ...world);
  const [line] = await simulator.until('stdout', /^.*\n/);
  const { grpc } = JSON.parse(line) as { grpc: string };
  connection = await Connection.connect({ address: grpc });
});

afterEach(async () => {
  await connection.close();
  simulator.child.stdin.end();
  await simulator.ended;
});

test('a client reads the history of a world', async () => {
  const client = new Client({ connection, namespace: 'storefront' });
  const handle = client.workflow.getHandle('welcome-ada');
  expect(await handle.result()).toBe('Hello, Ada!');
  const { events } = await handle.fetchHistory();
  const scheduled = events?.find(
    ({ nexusOperationScheduledEventAttributes: it }) => it !== null && it !== undefined,
  );
  expect(scheduled?.nexusOperationScheduledEventAttributes).toMatchObject({
    endpoint: 'greetings-endpoint',
    service: 'GreetingService',
    operation: 'echo',
  });
});

test('the registry is there, and what is not served is refused by name', async () => {
  const { endpoints } = await connection.operatorService.listNexusEndpoints({});
  expect(endpoints.map(({ spec }) => spec?.name)).toEqual(['greetings-endpoint']);
  await expect(connection.workflowService.listSchedules({ namespace: 'storefront' })).rejects.toThrow(
    /UNIMPLEMENTED.*ListSchedules/,
  );
  expect(await connection.healthService.check({})).toMatchObject({ status: 1 });
});

test('without a world a client that names no namespace has one', async () => {
  const empty = new SimulatorProcess('start', '--port', '0', '--announce', 'json');
  const [line] = await empty.until('stdout', /^.*\n/);
  const own = await Connection.connect({ address: (JSON.parse(line) as { grpc: string }).grpc });
  const { workflow } = new Client({ connection: own });
  await workflow.start('order', { workflowId: 'order-1', taskQueue: 'orders' });
  expect(await workflow.getHandle('order-1').describe()).toMatchObject({ status: { name: 'RUNNING' } });
  await own.close();
  empty.child.stdin.end();
  await empty.ended;
});

test('a certificate that is not there is one sentence', () => {
  const { code, out, error } = nexusSim('start', '--tls-cert', 'no.crt', '--tls-key', 'no.key');
  expect([code, out, error]).toEqual([2, '', 'nexus-sim: There is no file "no.crt"; check the path.\n']);
});
