import { describe, expect, test } from 'vitest';
import { ms, seconds } from '../../../simulator/base/time.ts';
import { eventOf, json, typesOf, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  backed,
  backingRequest,
  call,
  callbacksOf,
  caller,
  complete,
  completeBacking,
  order,
  paused,
  schedule,
  sleepThen,
  stage,
  startBacking,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

/** The request of one operation whose caller waits for it. */
async function requested(world: World) {
  await world.start(order);
  await answerTask(world, await takeTask(world), [schedule()]);
  return takeNexusTask(world);
}

/** Two callers of one handler, whose workflow takes 5 s. */
async function twoCallers(world: World, attach: boolean): Promise<void> {
  world.workflow(caller, call()).workflow(target, sleepThen(seconds(5), complete('shared')));
  world.handler(target, backed(world, attach ? { attach } : {}));
  await world.start(order);
  await world.start({ ...order, workflowId: 'order-2' });
  await world.settled();
}

describe('handler side and callbacks', () => {
  test('[92] the callback is on the started event with token and link; STANDBY, then SUCCEEDED', async () => {
    const world = await stage(paused);
    const task = await requested(world);
    const link = {
      workflowEvent: { namespace: 'orders', workflowId: 'order-1', eventRef: { eventId: 5 } },
    };
    const request = backingRequest(task.request ?? {});
    const completionCallbacks = (request.completionCallbacks ?? []).map((callback) => ({
      ...callback,
      links: [link],
    }));
    await world.ask('startWorkflowExecution', { ...request, completionCallbacks, links: [link] });
    const started = eventOf(await world.history('payments', 'charge-1'), 'WORKFLOW_EXECUTION_STARTED');
    expect(started.attributes.completionCallbacks).toMatchObject([
      { nexus: { header: { 'nexus-operation-token': 'token of charge-1' } }, links: [link] },
    ]);
    // A link that a callback carries is not repeated on the event.
    expect(started).not.toHaveProperty('links');
    expect(await callbacksOf(world)).toMatchObject([{ state: 'STANDBY' }]);
    await completeBacking(world, 'receipt');
    expect(await callbacksOf(world)).toMatchObject([{ state: 'SUCCEEDED' }]);
  });

  test('[93] a repeated start with one request id: the same run, no new event', async () => {
    const world = await stage(paused);
    const request = backingRequest((await requested(world)).request ?? {});
    const first = await world.ask('startWorkflowExecution', request);
    const before = await world.history('payments', 'charge-1');
    const second = await world.ask('startWorkflowExecution', request);
    expect(second.runId).toBe(first.runId);
    expect(second.link).toEqual(first.link);
    expect(await world.history('payments', 'charge-1')).toEqual(before);
  });

  test('[94] USE_EXISTING attaches the second caller: event 55, no workflow task, a link by request id', async () => {
    const world = await stage(paused);
    const first = await requested(world);
    await answerNexusTask(world, first, await startBacking(world, first.request ?? {}));
    await world.start({ ...order, workflowId: 'order-2' });
    // The first caller's task, woken by the start, is in front of the second caller's.
    await answerTask(world, await takeTask(world), []);
    await answerTask(world, await takeTask(world), [schedule()]);
    const second = await takeNexusTask(world);
    const request = backingRequest(second.request ?? {}, { attach: true });
    const reply = await world.ask('startWorkflowExecution', request);
    expect(reply.started).toBe(false);
    expect(reply.link).toMatchObject({
      workflowEvent: {
        requestIdRef: {
          requestId: request.requestId,
          eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
        },
      },
    });
    const history = await world.history('payments', 'charge-1');
    const updated = eventOf(history, 'WORKFLOW_EXECUTION_OPTIONS_UPDATED');
    expect(updated.attributes.attachedRequestId).toBe(request.requestId);
    expect(updated.attributes.attachedCompletionCallbacks).toHaveLength(1);
    expect(typesOf(history).filter((type) => type === 'WORKFLOW_TASK_SCHEDULED')).toHaveLength(1);
    const both = await stage();
    await twoCallers(both, true);
    for (const id of ['order-1', 'order-2']) {
      const { result } = eventOf(await both.history('orders', id), 'NEXUS_OPERATION_COMPLETED').attributes;
      expect(result).toEqual(json('shared'));
    }
  });

  test('[95] with the conflict policy FAIL the second caller’s operation fails', async () => {
    const world = await stage();
    await twoCallers(world, false);
    expect(typesOf(await world.history('orders', 'order-1'))).toContain('NEXUS_OPERATION_COMPLETED');
    expect(typesOf(await world.history('orders', 'order-2'))).toContain('NEXUS_OPERATION_FAILED');
  });

  test.each([
    ['a URL that is not allowed', { url: 'http://example.com/callback' }],
    ['a URL over 1000 characters', { url: `temporal://system/${'x'.repeat(1_000)}` }],
    ['a header over 8192 bytes', { url: 'temporal://system', header: { h: 'x'.repeat(8_192) } }],
  ])('[96] %s is InvalidArgument', async (_what, nexus) => {
    const world = await stage();
    const refusal = await world.refused('startWorkflowExecution', {
      ...order,
      completionCallbacks: [{ nexus }],
    });
    expect(refusal.code).toBe('INVALID_ARGUMENT');
  });

  test('[97] deliveries that fail back off from 1 s and arrive once they can; NOT_FOUND is final', async () => {
    const world = await stage(paused);
    world.driver.injectFaults([
      {
        kind: 'callback',
        service: 'Service',
        operation: 'operation',
        attempts: { from: 1, to: 2 },
        fail: { type: 'UNAVAILABLE' },
      },
    ]);
    const task = await requested(world);
    await answerNexusTask(world, task, await startBacking(world, task.request ?? {}));
    await completeBacking(world, 'receipt');
    expect(await callbacksOf(world)).toMatchObject([{ state: 'BACKING_OFF', attempt: 1 }]);
    await world.driver.advance(ms(1_000));
    expect(await callbacksOf(world)).toMatchObject([{ state: 'BACKING_OFF', attempt: 2 }]);
    await world.driver.advance(ms(2_000));
    expect(await callbacksOf(world)).toMatchObject([{ state: 'SUCCEEDED', attempt: 3 }]);
    const completed = eventOf(await world.history('orders', 'order-1'), 'NEXUS_OPERATION_COMPLETED');
    expect(completed.eventTime).toBeGreaterThanOrEqual(800 + 1_600);
    expect(completed.eventTime).toBeLessThan(3_000);
    const closed = await stage(paused);
    const orphan = await requested(closed);
    await answerNexusTask(closed, orphan, await startBacking(closed, orphan.request ?? {}));
    await closed.ask('terminateWorkflowExecution', {
      namespace: 'orders',
      workflowExecution: { workflowId: 'order-1' },
    });
    await completeBacking(closed, 'late');
    await closed.driver.advance(seconds(60));
    expect(await callbacksOf(closed)).toMatchObject([{ state: 'FAILED', attempt: 1 }]);
  });
});
