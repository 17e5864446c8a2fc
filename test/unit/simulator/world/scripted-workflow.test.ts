import { expect, test } from 'vitest';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';
import { runScriptedWorkflows } from '../../../../simulator/world/scripted-workflow.ts';
import { World } from '../../../harness/world.ts';

test('a scripted workflow tells who queries it that it answers none', async () => {
  const world = new World();
  const [namespace, taskQueue] = ['orders', 'orders'];
  await world.namespaces(namespace);
  const source = new CancellationSource();
  const ended = runScriptedWorkflows(
    { namespace, taskQueue, identity: 'script', workflows: new Map([['Checkout', []]]) },
    { port: world.driver, sleeper: world.driver, signal: source.signal, onTrouble: () => undefined },
  );
  await world.start({
    namespace,
    workflowId: 'order-1',
    workflowType: { name: 'Checkout' },
    taskQueue: { name: taskQueue },
  });
  const refused = await world.refused('queryWorkflow', {
    namespace,
    execution: { workflowId: 'order-1' },
    query: { queryType: 'status' },
  });
  expect(refused).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'a scripted workflow answers no queries',
  });
  source.cancel();
  await ended;
  world.dispose();
});
