import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command, CommandAttributes } from '../../simulator/protocol/temporal/command.ts';
import { eventOf, json, typesOf, World } from '../harness/world.ts';

const senders = { namespace: 'orders', taskQueue: 'senders' };

let world: World;
let runIds: { sender: string; receiver: string };
beforeEach(async () => {
  world = new World();
  await world.namespaces('orders', 'payments');
});
afterEach(() => world.dispose());

/** Starts a receiver in `namespace`, and a sender in `orders` that does this in its first task. */
async function send(command: Command, namespace = 'orders'): Promise<void> {
  const receiver = await world.start({
    namespace,
    workflowId: 'receiver',
    workflowType: { name: 'Receiver' },
    taskQueue: { name: 'receivers' },
  });
  world.workflow(senders, (history) =>
    typesOf(history).includes('WORKFLOW_TASK_COMPLETED') ? [] : [command],
  );
  const sender = await world.start({
    namespace: 'orders',
    workflowId: 'sender',
    workflowType: { name: 'Sender' },
    taskQueue: { name: 'senders' },
  });
  runIds = { sender, receiver };
  await world.settled();
}

const signal = (
  attributes: CommandAttributes['SIGNAL_EXTERNAL_WORKFLOW_EXECUTION'] = {},
): Command & { readonly commandType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION' } => ({
  commandType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION',
  attributes: {
    execution: { workflowId: 'receiver' },
    signalName: 'hello',
    input: { payloads: [json(1)] },
    control: 'c',
    ...attributes,
  },
});

const cancel = (
  attributes: CommandAttributes['REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION'] = {},
): Command & { readonly commandType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION' } => ({
  commandType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION',
  attributes: { workflowId: 'receiver', reason: 'enough', ...attributes },
});

describe('a signal to another workflow', () => {
  test.each(['orders', 'payments'])(
    'arrives in namespace %s, and the sender hears of it',
    async (namespace) => {
      await send(signal({ namespace }), namespace);
      const received = eventOf(await world.history(namespace, 'receiver'), 'WORKFLOW_EXECUTION_SIGNALED');
      expect(received.attributes).toMatchObject({
        signalName: 'hello',
        input: { payloads: [json(1)] },
        externalWorkflowExecution: { workflowId: 'sender', runId: runIds.sender },
      });
      const history = await world.history('orders', 'sender');
      const initiated = eventOf(history, 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED');
      expect(initiated.attributes).toMatchObject({
        namespace,
        workflowTaskCompletedEventId: 4,
        control: 'c',
      });
      expect(eventOf(history, 'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED').attributes).toMatchObject({
        initiatedEventId: initiated.eventId,
        workflowExecution: { workflowId: 'receiver' },
        control: 'c',
      });
    },
  );

  test.each([
    ['no such workflow', { execution: { workflowId: 'nobody' } }, 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND'],
    ['the sender itself', { execution: { workflowId: 'sender' } }, 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND'],
    ['no child of the sender', { childWorkflowOnly: true }, 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND'],
    ['no such namespace', { namespace: 'nowhere' }, 'NAMESPACE_NOT_FOUND'],
  ] as const)('fails: %s', async (_name, attributes, cause) => {
    await send(signal(attributes));
    const failed = eventOf(
      await world.history('orders', 'sender'),
      'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
    );
    expect(failed.attributes).toMatchObject({ cause, initiatedEventId: 5, workflowTaskCompletedEventId: 4 });
    expect(typesOf(await world.history('orders', 'receiver'))).not.toContain('WORKFLOW_EXECUTION_SIGNALED');
  });

  test('without a name fails the workflow task', async () => {
    await send(signal({ signalName: '' }));
    const failed = eventOf(await world.history('orders', 'sender'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES');
  });
});

describe('a cancel request to another workflow', () => {
  test('arrives, and the sender hears of it', async () => {
    await send(cancel());
    const asked = eventOf(await world.history('orders', 'receiver'), 'WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    expect(asked.attributes).toMatchObject({
      cause: 'enough',
      externalInitiatedEventId: 5,
      externalWorkflowExecution: { workflowId: 'sender', runId: runIds.sender },
    });
    const history = await world.history('orders', 'sender');
    expect(eventOf(history, 'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED').attributes).toMatchObject({
      initiatedEventId: 5,
      workflowExecution: { workflowId: 'receiver' },
    });
  });

  test('succeeds where the other one has closed', async () => {
    world.workflow({ namespace: 'orders', taskQueue: 'receivers' }, () => [
      { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} },
    ]);
    await send(cancel());
    expect(typesOf(await world.history('orders', 'sender'))).toContain(
      'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    );
    expect(typesOf(await world.history('orders', 'receiver')).at(-1)).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test.each([
    [{ workflowId: 'nobody' }, 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND'],
    [{ runId: 'another run' }, 'EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND'],
    [{ namespace: 'nowhere' }, 'NAMESPACE_NOT_FOUND'],
  ] as const)('fails: %j', async (attributes, cause) => {
    await send(cancel(attributes));
    const failed = eventOf(
      await world.history('orders', 'sender'),
      'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
    );
    expect(failed.attributes).toMatchObject({ cause, initiatedEventId: 5 });
  });
});

test('a repeated signal with the same request id is dropped', async () => {
  await send(signal());
  const request = {
    namespace: 'orders',
    workflowExecution: { workflowId: 'receiver' },
    signalName: 'again',
    requestId: 'r',
  };
  await world.ask('signalWorkflowExecution', request);
  await world.ask('signalWorkflowExecution', request);
  const signals = (await world.history('orders', 'receiver')).filter(
    ({ eventType }) => eventType === 'WORKFLOW_EXECUTION_SIGNALED',
  );
  expect(signals).toHaveLength(2);
});
