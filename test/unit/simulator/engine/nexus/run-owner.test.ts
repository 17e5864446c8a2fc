import { expect, test } from 'vitest';
import { ownerOf } from '../../../../../simulator/engine/nexus/owner-of.ts';
import { runOwner } from '../../../../../simulator/engine/nexus/run-owner.ts';
import { ms } from '../../../../../simulator/base/time.ts';
import { callOnce, eventOf, World } from '../../../../harness/world.ts';

test('the operation of a workflow belongs to its run, and its caller is the SCHEDULED event', async () => {
  const world = await new World().namespaces('orders', 'payments');
  await world.endpoint('pay', { namespace: 'payments', taskQueue: 'nobody' });
  world.workflow({ namespace: 'orders', taskQueue: 'orders' }, callOnce({ endpoint: 'pay' }));
  const runId = await world.start({
    namespace: 'orders',
    workflowId: 'order-1',
    workflowType: { name: 'Order' },
    taskQueue: { name: 'orders' },
  });
  await world.driver.sleep(ms(0));
  const [operation] = [...world.driver.state.executions.values()].flatMap(({ operations }) => [
    ...operations.values(),
  ]);
  const { eventId } = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_SCHEDULED');
  if (operation === undefined) throw new Error('no operation is open');
  expect(ownerOf(operation)).toBe(runOwner);
  expect(ownerOf(operation).callerLink(operation)).toEqual({
    workflowEvent: {
      namespace: 'orders',
      workflowId: 'order-1',
      runId,
      eventRef: { eventId, eventType: 'NEXUS_OPERATION_SCHEDULED' },
    },
  });
  world.dispose();
});
