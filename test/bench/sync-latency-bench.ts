import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { serviceHandler, type ServiceHandler } from 'nexus-rpc';
import { greetingService, type EchoInput } from '../../examples/hello/api.ts';
import { quietRuntime } from '../harness/sdk-world.ts';
import { compare, quantile } from './comparison.ts';
import type { Bench } from './report.ts';
import { ServiceClient } from './service-client.ts';

const NAMESPACE = 'default';
const TASK_QUEUE = 'greetings';
const CALLS = 200;

/**
 * One operation after the other, called by a workflow and answered at once, both in one real TypeScript worker: the
 * time between two calls that reach the handler.
 */
export const syncLatencyBench: Bench = async () => {
  quietRuntime();
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../test/bench/sync-latency-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return compare(3, async ({ address }) => {
    const ending = new AbortController();
    const requests = new ServiceClient(address, ending.signal);
    const endpoints = await requests.registerEndpoints({ namespace: NAMESPACE, taskQueue: TASK_QUEUE });
    const calledAt: number[] = [];
    const connection = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      connection,
      namespace: NAMESPACE,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      nexusServices: [handlerThatNotes(calledAt)],
    });
    const clientConnection = await Connection.connect({ address });
    const { workflow } = new Client({ connection: clientConnection, namespace: NAMESPACE });
    await worker.runUntil(async () => {
      for (const calls of [CALLS / 4, CALLS]) {
        calledAt.length = 0;
        const workflowId = `calls-${calls}`;
        const args: [readonly string[], number] = [endpoints, calls];
        await workflow.execute('callEchoAgainAndAgain', { workflowId, taskQueue: TASK_QUEUE, args });
      }
    });
    await clientConnection.close();
    await connection.close();
    ending.abort();
    const latencies = calledAt.slice(1).map((at, index) => at - (calledAt[index] ?? at));
    return { p50Milliseconds: quantile(latencies, 0.5), p99Milliseconds: quantile(latencies, 0.99) };
  });
};

function handlerThatNotes(calledAt: number[]): ServiceHandler {
  const handler = serviceHandler(greetingService, {
    echo: (_ctx, { message }: EchoInput) => {
      calledAt.push(performance.now());
      return Promise.resolve({ message });
    },
    greet: () => Promise.reject(new Error('nobody calls this')),
  });
  // The SDK's own type for services is one of unknown operations.
  return handler;
}
