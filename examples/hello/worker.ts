/**
 * Runs both workers against a Temporal server or the simulator:
 *
 *     npx tsx examples/hello/worker.ts
 *
 * The server is found at TEMPORAL_ADDRESS, by default localhost:7233. The namespaces `storefront` and
 * `greetings` and the endpoint `greetings-endpoint` must exist; ../hello.nexus.yaml declares them.
 */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { greetingServiceHandler } from './handler.ts';

const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233',
});
const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));

const caller = await Worker.create({
  connection,
  namespace: 'storefront',
  taskQueue: 'storefront',
  workflowsPath,
});

const handler = await Worker.create({
  connection,
  namespace: 'greetings',
  taskQueue: 'greetings',
  workflowsPath,
  nexusServices: [greetingServiceHandler],
});

// Both stop on Ctrl+C.
await Promise.all([caller.run(), handler.run()]);
await connection.close();
