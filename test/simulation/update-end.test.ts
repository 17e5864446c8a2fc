import { afterEach, describe, expect, test } from 'vitest';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { aborts } from '../../simulator/engine/update.ts';
import type { ProtocolMessage } from '../../simulator/protocol/temporal/update.ts';
import { eventOf, typesOf } from '../harness/world.ts';
import {
  accept,
  begun,
  close,
  complete,
  execution,
  finish,
  history,
  leave,
  namespace,
  paid,
  poll,
  refused,
  reject,
  request,
  resting,
  untilAccepted,
  update,
  world,
  type UpdateRequest,
} from './update-stage.ts';

afterEach(leave);

describe('an update of a run that closes', () => {
  test('is aborted unless it was accepted, and has failed if it was', async () => {
    await begun();
    const accepted = update('u1');
    const first = await poll();
    await complete(first, { messages: [accept('u1')] });
    const admitted = refused('u2');
    await world.ask('terminateWorkflowExecution', { namespace, workflowExecution: execution });
    expect(await admitted).toEqual(aborts.closed.error);
    const failed = { failure: { applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow' } } };
    expect(await accepted).toMatchObject({ stage: 'COMPLETED', outcome: failed });
    expect(await update('u1')).toMatchObject({ stage: 'COMPLETED', outcome: failed });
    expect((await refused('u3')).message).toBe('workflow execution already completed');
  });

  test('is rejected even so when the worker said so', async () => {
    await begun();
    const updated = update('u1');
    await complete(await poll(), { commands: [close], messages: [reject('u1')] });
    expect(await updated).toMatchObject({ outcome: { failure: { message: 'no money' } } });
  });

  test('and goes on as another is to be sent again', async () => {
    await begun();
    const first = await poll();
    const updated = refused('u1');
    await complete(first, {
      commands: [{ commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION', attributes: {} }],
    });
    expect(await updated).toEqual(aborts.continued.error);
    const again = update('u1', untilAccepted);
    await complete(await poll(), { messages: [accept('u1')] });
    expect(await again).toMatchObject({ stage: 'ACCEPTED' });
    // It has begun the run before its time.
    expect(world.driver.clockState().now).toBe(0);
  });
});

describe('an update that was accepted', () => {
  test('is carried over by a reset, and is to be accepted anew', async () => {
    await resting();
    void update('u1', untilAccepted);
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    await world.ask('resetWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      workflowTaskFinishEventId: 4,
    });
    const admitted = eventOf(await history(), 'WORKFLOW_EXECUTION_UPDATE_ADMITTED');
    expect(admitted.attributes).toEqual({
      request: { meta: { updateId: 'u1' }, input: { name: 'pay' } },
      origin: 'REAPPLY',
    });
    const task = await poll();
    expect(task.messages).toBeUndefined();
    await complete(task, { messages: [accept('u1'), finish('u1')] });
    expect(eventOf(await history(), 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED').attributes).not.toHaveProperty(
      'acceptedRequest',
    );
    expect(await update('u1')).toMatchObject({ stage: 'COMPLETED', outcome: paid });
  });

  test('is left out by a reset that says so', async () => {
    await resting();
    void update('u1', untilAccepted);
    await complete(await poll(), { messages: [accept('u1')] });
    await world.ask('resetWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      workflowTaskFinishEventId: 4,
      resetReapplyExcludeTypes: ['UPDATE'],
    });
    expect(typesOf(await history())).not.toContain('WORKFLOW_EXECUTION_UPDATE_ADMITTED');
  });

  test('survives a restart of the server; one that was not is to be sent again', async () => {
    await resting();
    const accepted = refused('u1');
    await complete(await poll(), { messages: [accept('u1')] });
    const admitted = refused('u2');
    world.driver.instruct({ kind: 'server-restarted', workers: 'stay' });
    expect([await accepted, await admitted]).toEqual([aborts.restarted.error, aborts.restarted.error]);
    const again = update('u1');
    void update('u2', untilAccepted);
    await complete(await poll(), { messages: [accept('u2'), finish('u1')] });
    expect(await again).toMatchObject({ outcome: paid });
  });

  test('and that the server has lost comes back with what its worker has of it', async () => {
    await begun();
    const lost = refused('u1');
    const task = await poll();
    world.driver.instruct({ kind: 'server-restarted', workers: 'stay' });
    await lost;
    const acceptedRequest = { meta: { updateId: 'u1' }, input: { name: 'pay' } };
    const message: ProtocolMessage = {
      ...accept('u1'),
      body: {
        type: 'temporal.api.update.v1.Acceptance',
        message: {
          acceptedRequest,
          acceptedRequestMessageId: 'u1/request',
          acceptedRequestSequencingEventId: 2,
        },
      },
    };
    await complete(task, { messages: [message] });
    expect(eventOf(await history(), 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED').attributes).toMatchObject({
      acceptedRequest,
    });
  });
});

describe('a client', () => {
  test('that waits no longer hears how far its update has come', async () => {
    await begun();
    const source = new CancellationSource();
    source.cancel();
    const given = await world.driver.call('updateWorkflowExecution', request('u1'), source);
    expect(given).toMatchObject({ ok: true, value: { stage: 'ADMITTED' } });
    await complete(await poll(), { messages: [accept('u1')] });
    const ref = { namespace, updateRef: { workflowExecution: execution, updateId: 'u1' } };
    expect(await world.ask('pollWorkflowExecutionUpdate', ref)).toMatchObject({ stage: 'ACCEPTED' });
    const missing = { namespace, updateRef: { workflowExecution: execution, updateId: 'none' } };
    expect((await world.refused('pollWorkflowExecutionUpdate', missing)).message).toBe(
      'update "none" not found',
    );
  });

  test('may have so many updates under way, and so many in all', async () => {
    await begun({ limits: { inFlightUpdatesMax: 1, totalUpdatesMax: 2 } });
    void update('u1', untilAccepted);
    expect(await refused('u2')).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      detail: { value: { cause: 'CONCURRENT_LIMIT' } },
    });
    await complete(await poll(), { messages: [accept('u1'), finish('u1')] });
    void update('u2', untilAccepted);
    await complete(await poll(), { messages: [accept('u2'), finish('u2')] });
    expect((await refused('u3')).code).toBe('FAILED_PRECONDITION');
  });

  test.each<[string, Partial<UpdateRequest>, string]>([
    ['without meta', { request: { input: { name: 'pay' } } }, 'Update meta is not set on request.'],
    ['without input', { request: { meta: {} } }, 'Update input is not set on request.'],
    ['without a name', { request: { meta: {}, input: {} } }, 'Update name is not set on request.'],
    [
      'with a long id',
      { request: { meta: { updateId: 'x'.repeat(1_001) } } },
      'UpdateId length exceeds limit.',
    ],
    [
      'that waits for no more than its admission',
      { waitPolicy: { lifecycleStage: 'ADMITTED' } },
      'not supported',
    ],
    ['of another chain of runs', { firstExecutionRunId: 'other' }, 'workflow execution not found'],
    ['of no workflow', { workflowExecution: { workflowId: 'nobody' } }, 'workflow not found'],
  ])('is refused an update %s', async (_what, more, reason) => {
    await begun();
    expect((await refused('u1', more)).message).toContain(reason);
  });

  test('is refused an update of a run whose workflow task keeps failing', async () => {
    await begun();
    for (const _ of [1, 2]) {
      const { taskToken = '' } = await poll();
      await world.ask('respondWorkflowTaskFailed', { taskToken, cause: 'UNSPECIFIED' });
    }
    expect((await refused('u1')).message).toContain('Workflow Task in failed state');
  });
});

describe('a bar of the timeline', () => {
  test('shows an update from its admission to its end', async () => {
    await resting();
    void update('u1');
    await complete(await poll(), {
      messages: [accept('u1'), finish('u1', { failure: { message: 'late' } })],
    });
    void update('u2');
    await complete(await poll(), { messages: [reject('u2')] });
    const bars = world.driver.spans().filter(({ kind }) => kind === 'update');
    expect(bars).toMatchObject([
      { name: 'pay', outcome: 'failed', failure: ['late'], attributes: { updateId: 'u1', acceptedAt: 0 } },
      { name: 'pay', outcome: 'failed', failure: ['no money'], attributes: { updateId: 'u2' } },
    ]);
  });
});
