// The application: a caller's worker and a desk's. Runs in this folder until its standard input ends.
//   worker --address HOST:PORT
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { activityInfo } from '@temporalio/activity';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
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
  activities: {
    attempt: () => {
      const { attempt } = activityInfo();
      if (attempt === 1) throw new Error('not yet');
      return Promise.resolve(attempt);
    },
  },
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
