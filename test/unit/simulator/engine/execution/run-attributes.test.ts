import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeText } from '../../../../../simulator/base/base64.ts';
import { describeRun } from '../../../../../simulator/engine/execution/describe-run.ts';
import { attributesOfRun } from '../../../../../simulator/engine/execution/run-attributes.ts';
import type { RunId } from '../../../../../simulator/protocol/ids.ts';
import type { Command } from '../../../../../simulator/protocol/temporal/command.ts';
import type { Payload } from '../../../../../simulator/protocol/temporal/common.ts';
import type { StartWorkflowExecutionRequest } from '../../../../../simulator/protocol/temporal/start-request.ts';
import { eventOf, json, typesOf, World } from '../../../../harness/world.ts';

const namespace = 'orders';
const order: StartWorkflowExecutionRequest = {
  namespace,
  workflowId: 'order-1',
  workflowType: { name: 'Order' },
  taskQueue: { name: 'orders' },
  memo: { fields: { note: json('first'), other: json(1) } },
  searchAttributes: { indexedFields: { Customer: json('ada'), Total: json(1) } },
};

let world: World;
beforeEach(async () => {
  world = await new World().namespaces(namespace);
  const searchAttributes = { Customer: 'KEYWORD', Total: 'INT' };
  await world.ask('addSearchAttributes', { namespace, searchAttributes });
});
afterEach(() => world.dispose());

const upsert = (indexedFields: Readonly<Record<string, Payload>>): Command => ({
  commandType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
  attributes: { searchAttributes: { indexedFields } },
});
const modify = (fields: Readonly<Record<string, Payload>>): Command => ({
  commandType: 'MODIFY_WORKFLOW_PROPERTIES',
  attributes: { upsertedMemo: { fields } },
});

/** What a run of the order is after its first task has sent these commands. */
async function after(...commands: Command[]): Promise<ReturnType<typeof attributesOfRun>> {
  world.workflow({ namespace, taskQueue: 'orders' }, () => commands);
  const runId = await world.start(order);
  await world.settled();
  return now(runId);
}

function now(runId: string): ReturnType<typeof attributesOfRun> {
  const execution = world.driver.state.executions.get(runId as RunId);
  if (execution === undefined) throw new Error(`there is no run ${runId}`);
  return attributesOfRun(execution);
}

describe('a run', () => {
  test('has what it was started with', async () => {
    const runId = await world.start(order);
    expect(now(runId)).toEqual({
      memo: order.memo?.fields,
      searchAttributes: order.searchAttributes?.indexedFields,
    });
  });

  test('changes some of it and takes some away', async () => {
    const none = { metadata: { encoding: encodeText('binary/null') } };
    expect(
      await after(upsert({ Total: json(2), Customer: json([]) }), modify({ note: none, more: json(2) })),
    ).toEqual({ memo: { other: json(1), more: json(2) }, searchAttributes: { Total: json(2) } });
  });

  test('is described with it, the types beside the values', async () => {
    const runId = await world.start(order);
    const { workflowExecutionInfo: info } = await world.ask('describeWorkflowExecution', {
      namespace,
      execution: { workflowId: 'order-1' },
    });
    const execution = world.driver.state.executions.get(runId as RunId);
    expect(execution && describeRun(world.driver.state, execution)).toEqual(info);
    expect(info.memo).toEqual(order.memo);
    expect(info.searchAttributes?.indexedFields?.['Total']).toEqual({
      ...json(1),
      metadata: { ...json(1).metadata, type: encodeText('Int') },
    });
  });

  test('hands it on to the run that follows', async () => {
    world.workflow({ namespace, taskQueue: 'orders' }, (history) =>
      eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes.continuedExecutionRunId === undefined
        ? [upsert({ Total: json(7) }), { commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION', attributes: {} }]
        : [],
    );
    await world.start(order);
    await world.settled();
    const history = await world.history(namespace, 'order-1');
    const { memo, searchAttributes } = eventOf(history, 'WORKFLOW_EXECUTION_STARTED').attributes;
    expect(memo).toEqual(order.memo);
    expect(searchAttributes?.indexedFields).toEqual({ Customer: json('ada'), Total: json(7) });
  });

  test('has it back after a reset, as far as its history is kept', async () => {
    await after(upsert({ Total: json(7) }));
    await world.ask('signalWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: 'order-1' },
      signalName: 'again',
    });
    await world.settled();
    const completed = (await world.history(namespace, 'order-1'))
      .filter(({ eventType }) => eventType === 'WORKFLOW_TASK_COMPLETED')
      .map(({ eventId }) => eventId);
    expect(completed).toHaveLength(2);
    const { runId } = await world.ask('resetWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: 'order-1' },
      workflowTaskFinishEventId: completed[1] ?? 0,
    });
    expect(now(runId).searchAttributes).toEqual({ Customer: json('ada'), Total: json(7) });
  });
});

describe('search attributes that do not fit', () => {
  test.each([
    ['RunId', json('x'), "RunId attribute can't be set in SearchAttributes"],
    ['Nothing', json(1), 'Namespace orders has no mapping defined for search attribute Nothing'],
    ['toString', json(1), 'Namespace orders has no mapping defined for search attribute toString'],
    ['Total', json('x'), 'invalid value for search attribute Total of type Int: "x"'],
    [
      'Customer',
      json('x'.repeat(2_047)),
      'search attribute Customer value size 2049 exceeds size limit 2048',
    ],
  ])('are refused at the start: %s', async (name, value, message) => {
    const searchAttributes = { indexedFields: { [name]: value } };
    const refusal = await world.refused('startWorkflowExecution', { ...order, searchAttributes });
    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  test('are refused when there are too many of them, or too much', async () => {
    world.dispose();
    world = new World({ limits: { searchAttributeKeysMax: 1 } });
    await world.namespaces(namespace);
    expect((await world.refused('startWorkflowExecution', order)).message).toBe(
      'number of search attributes 2 exceeds limit 1',
    );
    world.dispose();
    world = new World({ limits: { searchAttributesBytesMax: 10 } });
    await world.namespaces(namespace);
    await world.ask('addSearchAttributes', {
      namespace,
      searchAttributes: { Customer: 'KEYWORD', Total: 'INT' },
    });
    expect((await world.refused('startWorkflowExecution', order)).message).toBe(
      'total size of search attributes 19 exceeds size limit 10',
    );
  });

  test.each<[string, Command]>([
    ['upsert', upsert({ Nothing: json(1) })],
    ['nothing', { commandType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', attributes: {} }],
    [
      'child',
      {
        commandType: 'START_CHILD_WORKFLOW_EXECUTION',
        attributes: {
          workflowId: 'child',
          workflowType: { name: 'Child' },
          searchAttributes: { indexedFields: { Nothing: json(1) } },
        },
      },
    ],
    [
      'follower',
      {
        commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
        attributes: { searchAttributes: { indexedFields: { Total: json('x') } } },
      },
    ],
  ])('fail the workflow task: %s', async (_what, command) => {
    let asked = 0;
    world.workflow({ namespace, taskQueue: 'orders' }, () =>
      ++asked === 1 ? [command] : [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} }],
    );
    await world.start(order);
    await world.settled();
    const history = await world.history(namespace, 'order-1');
    expect(typesOf(history)).toContain('WORKFLOW_EXECUTION_COMPLETED');
    expect(eventOf(history, 'WORKFLOW_TASK_FAILED').attributes).toMatchObject({
      cause: 'BAD_SEARCH_ATTRIBUTES',
    });
  });
});
