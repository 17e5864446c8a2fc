// What comparing histories with those of a real server has shown.
import { expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { callOnce } from '../harness/world.ts';
import { order, play, stage } from './checklist/stage.ts';

const nothing = { metadata: { encoding: encodeText('binary/null') } };

test('a call without an input, and an answer without a result, carry the payload that stands for none', async () => {
  const world = await stage();
  const history = await play(
    world,
    callOnce({ endpoint: 'payments-endpoint', service: 's', operation: 'o' }),
    () => ({
      response: { syncSuccess: {} },
    }),
  );
  expect(world.handled[0]?.startOperation?.payload).toEqual(nothing);
  const completed = history.find(({ eventType }) => eventType === 'NEXUS_OPERATION_COMPLETED');
  expect(completed?.attributes).toMatchObject({ result: nothing });
});

test('a link that an attached callback carries is not repeated on the event', async () => {
  const world = await stage();
  const linkTo = (workflowId: string) => ({ workflowEvent: { namespace: 'orders', workflowId, runId: 'r' } });
  await world.start(order);
  const attached = await world.ask('startWorkflowExecution', {
    ...order,
    requestId: 'another',
    workflowIdConflictPolicy: 'USE_EXISTING',
    onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
    links: [linkTo('a'), linkTo('b')],
    completionCallbacks: [{ nexus: { url: 'temporal://system' }, links: [linkTo('a')] }],
  });
  expect(attached.started).toBe(false);
  const history = await world.history('orders', 'order-1');
  const updated = history.find(({ eventType }) => eventType === 'WORKFLOW_EXECUTION_OPTIONS_UPDATED');
  expect(updated?.links).toEqual([linkTo('b')]);
});

test('a start says how long its first task waits, also when it does not wait', async () => {
  const world = await stage();
  await world.start(order);
  const [started] = await world.history('orders', 'order-1');
  expect(started?.attributes).toMatchObject({ firstWorkflowTaskBackoff: 0 });
});
