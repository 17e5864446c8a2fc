// A real SDK worker and the gRPC frontend, with a twin in the engine's place: what a worker needs to live.
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { greetingServiceHandler } from '../../examples/hello/handler.ts';
import { encodeText } from '../../simulator/base/base64.ts';
import { ok } from '../../simulator/base/result.ts';
import { days } from '../../simulator/base/time.ts';
import { startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import type { NexusTask, RequestOf } from '../../simulator/protocol/temporal/methods.ts';
import { FakeTemporalPort, untilCancelled } from '../harness/fake-temporal-port.ts';
import { quietRuntime } from '../harness/sdk-world.ts';

const json = (value: unknown) => ({
  metadata: { encoding: encodeText('json/plain') },
  data: encodeText(JSON.stringify(value)),
});

const echoTask: NexusTask = {
  taskToken: encodeText('task 1'),
  request: {
    header: { 'request-timeout': '9s', 'x-caller': 'test' },
    endpoint: 'greetings-endpoint',
    capabilities: { temporalFailureResponses: true },
    startOperation: {
      service: 'GreetingService',
      operation: 'echo',
      requestId: 'request-1',
      payload: json({ message: 'hello' }),
    },
  },
};

test('a worker starts, does a task, and leaves', async () => {
  quietRuntime();
  const tasks = [echoTask];
  let done: (answer: RequestOf<'respondNexusTaskCompleted'>) => void = () => undefined;
  const answered = new Promise<RequestOf<'respondNexusTaskCompleted'>>((resolve) => (done = resolve));
  const port = new FakeTemporalPort({
    getSystemInfo: () => ok({ serverVersion: '1.31.0', capabilities: { nexus: true } }),
    describeNamespace: ({ namespace = '' }) =>
      ok({
        namespaceInfo: { name: namespace, state: 'REGISTERED', id: 'namespace-1' },
        config: {
          workflowExecutionRetentionTtl: days(1),
          historyArchivalState: 'DISABLED',
          visibilityArchivalState: 'DISABLED',
        },
        replicationConfig: { activeClusterName: 'active', clusters: [], state: 'NORMAL' },
      }),
    pollNexusTaskQueue: (_, options) => {
      const task = tasks.shift();
      return task === undefined ? untilCancelled(options, {}) : ok(task);
    },
    respondNexusTaskCompleted: (request) => {
      done(request);
      return ok({});
    },
    shutdownWorker: () => ok({}),
  });
  const server = await startTemporalServer({ port, originMs: Date.UTC(2030, 0, 1) });
  if (!server.ok) throw new Error(server.error);
  const connection = await NativeConnection.connect({ address: server.value.address });
  const worker = await Worker.create({
    connection,
    namespace: 'greetings',
    taskQueue: 'greetings',
    nexusServices: [greetingServiceHandler as never],
  });
  const running = worker.run();
  expect(await answered).toMatchObject({
    namespace: 'greetings',
    taskToken: echoTask.taskToken,
    response: { startOperation: { syncSuccess: { payload: json({ message: 'hello' }) } } },
  });
  worker.shutdown();
  await running;
  await connection.close();
  server.value.dispose();

  const methods = port.calls.map(({ method }) => method);
  expect(methods.slice(0, 2)).toEqual(['getSystemInfo', 'describeNamespace']);
  // Nothing else is needed; what a worker without workflows and activities does not do, it does not poll for.
  expect(new Set(methods)).toEqual(
    new Set([
      'getSystemInfo',
      'describeNamespace',
      'pollNexusTaskQueue',
      'respondNexusTaskCompleted',
      'shutdownWorker',
    ]),
  );
  const [poll] = port.calls.filter(({ method }) => method === 'pollNexusTaskQueue');
  expect(poll?.request).toMatchObject({
    namespace: 'greetings',
    taskQueue: { name: 'greetings', kind: 'NORMAL' },
  });
});
