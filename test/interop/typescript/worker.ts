// The application: a caller's worker and a desk's. Runs in this folder until its standard input ends.
//   worker --address HOST:PORT
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.ts';
import { callers, desks } from './contract.ts';
import { desk } from './desk.ts';

const { values } = parseArgs({ options: { address: { type: 'string', default: 'localhost:7233' } } });
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, shutdownSignals: [] });

const connection = await NativeConnection.connect({ address: values.address });
const workflowBundle = await bundleWorkflowCode({ workflowsPath: resolve('workflows.ts'), logger });
const taskQueue = 'typescript';

const caller = await Worker.create({
  connection,
  namespace: callers,
  taskQueue,
  workflowBundle,
  activities,
});
const handler = await Worker.create({
  connection,
  namespace: desks,
  taskQueue,
  workflowBundle,
  nexusServices: [desk],
});

const running = Promise.all([caller.run(), handler.run()]);
console.log('ready');
await once(process.stdin.resume(), 'end');
caller.shutdown();
handler.shutdown();
await running;
await connection.close();
