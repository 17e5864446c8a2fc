import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../../../../simulator/base/time.ts';
import { statusNames } from '../../../../../simulator/engine/visibility/run-values.ts';
import { json, World } from '../../../../harness/world.ts';

const namespace = 'orders';

let world: World;
/** `a` is completed at once, `b` and `c` run from the minutes 1 and 2 on, `d` is terminated in minute 3. */
beforeEach(async () => {
  world = new World();
  await world.namespaces(namespace, 'payments');
  world.workflow({ namespace, taskQueue: 'done' }, () => [
    { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} },
  ]);
  await world.ask('addSearchAttributes', {
    namespace,
    searchAttributes: {
      Customer: 'KEYWORD',
      Note: 'TEXT',
      Tags: 'KEYWORD_LIST',
      Paid: 'BOOL',
      Due: 'DATETIME',
      Total: 'DOUBLE',
      Pieces: 'INT',
    },
  });
  await start('a', 'done');
  await start('b', 'nobody', {
    Customer: json('ada'),
    Note: json('Please, deliver at noon.'),
    Tags: json(['red', 'blue']),
    Paid: json(true),
    Due: json('2026-03-01T12:00:00+01:00'),
    Total: json(9.5),
    Pieces: json(3),
  });
  await start('c', 'nobody', { Customer: json('bob'), Paid: json(false) });
  await start('d', 'nobody');
  await world.ask('terminateWorkflowExecution', { namespace, workflowExecution: { workflowId: 'd' } });
  await world.ask('startWorkflowExecution', {
    namespace: 'payments',
    workflowId: 'elsewhere',
    workflowType: { name: 'Other' },
    taskQueue: { name: 'nobody' },
  });
});
afterEach(() => world.dispose());

async function start(workflowId: string, queue: string, indexedFields = {}): Promise<void> {
  await world.start({
    namespace,
    workflowId,
    workflowType: { name: `Order-${workflowId}` },
    taskQueue: { name: queue },
    searchAttributes: { indexedFields },
  });
  await world.driver.sleep(minutes(1));
}

const idsOf = (page: { executions: readonly { execution: { workflowId?: string } }[] }): string[] =>
  page.executions.map(({ execution }) => execution.workflowId ?? '');

const listed = async (query: string): Promise<string[]> =>
  idsOf(await world.ask('listWorkflowExecutions', { namespace, query }));

describe('a list of workflows', () => {
  test('has those that run first, then the latest, page by page', async () => {
    expect(await listed('')).toEqual(['c', 'b', 'd', 'a']);
    const first = await world.ask('scanWorkflowExecutions', { namespace, pageSize: 3 });
    expect(idsOf(first)).toEqual(['c', 'b', 'd']);
    const { nextPageToken } = first;
    const rest = await world.ask('scanWorkflowExecutions', {
      namespace,
      pageSize: 3,
      ...(nextPageToken !== undefined && { nextPageToken }),
    });
    expect(idsOf(rest)).toEqual(['a']);
    expect(rest).not.toHaveProperty('nextPageToken');
  });

  test.each([
    ["WorkflowId = 'b' OR WorkflowId = 'c'", ['c', 'b']],
    ["WorkflowId IN ('a', 'b') AND NOT ExecutionStatus = 'Completed'", ['b']],
    ["WorkflowType STARTS_WITH 'Order-' AND WorkflowType != 'Order-a'", ['c', 'b', 'd']],
    ["ExecutionStatus = 'Running'", ['c', 'b']],
    ["ExecutionStatus IN ('Completed', 'Terminated')", ['d', 'a']],
    ['StartTime BETWEEN 60000 AND 120000', ['c', 'b']],
    ['StartTime > 60000 AND CloseTime IS NULL', ['c']],
    ['CloseTime <= 0', ['a']],
    ["ExecutionDuration >= '1m'", ['d']],
    ['HistoryLength > 4', ['a']],
    ["TaskQueue = 'done'", ['a']],
    ["RootWorkflowId = 'd'", ['d']],
    ['ParentWorkflowId IS NOT NULL', []],
    ["Customer = 'ada'", ['b']],
    ["Customer != 'ada'", ['c']],
    ['Customer IS NULL', ['d', 'a']],
    ["Note = 'NOON deliver'", ['b']],
    ["Note != 'noon'", []],
    ["Note != 'midnight'", ['b']],
    ["Tags = 'red'", ['b']],
    ["Tags IN ('green', 'blue')", ['b']],
    ["Tags != 'red'", []],
    ["Tags != 'green'", ['b']],
    ['Paid = true', ['b']],
    ['Paid != TRUE', ['c']],
    ["Due = '2026-03-01T11:00:00Z'", ['b']],
    ["Due > '2026-03-02'", []],
    ['Total > 9 AND Pieces <= 3', ['b']],
    ['`Pieces` = 3', ['b']],
  ])('of %s', async (query, ids) => {
    expect(await listed(query)).toEqual(ids);
  });

  test.each([
    ["Nothing = 'x'", /^invalid query: there is no search attribute Nothing, there are WorkflowId, /],
    ["Note > 'a'", 'invalid query: > is not for Note'],
    ["Note IN ('a')", 'invalid query: IN is not for Note'],
    ["Tags BETWEEN 'a' AND 'b'", 'invalid query: BETWEEN is not for Tags'],
    ['Paid = 1', 'invalid query: Paid is compared with true or false, not 1'],
    ["Due = 'soon'", /^invalid query: Due is compared with a time such as/],
    ['GROUP BY ExecutionStatus', 'invalid query: GROUP BY counts, and this is a list'],
    [
      "WorkflowId = '1' ORDER BY StartTime",
      'invalid query: ORDER BY is not supported: the latest come first',
    ],
  ])('of %s is refused', async (query, message) => {
    const refusal = await world.refused('listWorkflowExecutions', { namespace, query });
    expect(refusal.code).toBe('INVALID_ARGUMENT');
    expect(refusal.message).toMatch(message);
  });

  test('of a namespace that is not there is refused', async () => {
    const nowhere = { namespace: 'nowhere' };
    for (const method of ['listWorkflowExecutions', 'listOpenWorkflowExecutions'] as const)
      expect((await world.refused(method, nowhere)).code).toBe('NOT_FOUND');
    expect((await world.refused('countWorkflowExecutions', nowhere)).code).toBe('NOT_FOUND');
  });

  test('by the older filters', async () => {
    const open = async (filter: object): Promise<string[]> =>
      idsOf(await world.ask('listOpenWorkflowExecutions', { namespace, ...filter }));
    const closed = async (filter: object): Promise<string[]> =>
      idsOf(await world.ask('listClosedWorkflowExecutions', { namespace, ...filter }));
    expect(await open({})).toEqual(['c', 'b']);
    expect(await open({ startTimeFilter: { earliestTime: minutes(2) } })).toEqual(['c']);
    expect(await open({ startTimeFilter: { latestTime: minutes(1) } })).toEqual(['b']);
    expect(await open({ executionFilter: { workflowId: 'b' } })).toEqual(['b']);
    expect(await open({ typeFilter: { name: 'Order-a' } })).toEqual([]);
    expect(await open({ maximumPageSize: 1 })).toEqual(['c']);
    expect(await closed({})).toEqual(['d', 'a']);
    expect(await closed({ statusFilter: { status: 'COMPLETED' } })).toEqual(['a']);
    const backwards = { startTimeFilter: { earliestTime: minutes(2), latestTime: minutes(1) } };
    expect(
      (await world.refused('listOpenWorkflowExecutions', { namespace, ...backwards } as never)).message,
    ).toBe('EarliestTime in StartTimeFilter should not be larger than LatestTime.');
  });

  test('of archived ones is refused: nothing is archived', async () => {
    expect(await world.refused('listArchivedWorkflowExecutions', { namespace })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Cluster is not configured for visibility archival.',
    });
  });
});

test('workflows are counted, all of them or by status', async () => {
  expect(await world.ask('countWorkflowExecutions', { namespace })).toEqual({ count: 4 });
  const { count, groups } = await world.ask('countWorkflowExecutions', {
    namespace,
    query: "WorkflowType STARTS_WITH 'Order' GROUP BY ExecutionStatus",
  });
  expect(count).toBe(4);
  expect(groups?.map(({ groupValues, count: of }) => [groupValues[0]?.data, of])).toEqual([
    [json(statusNames.COMPLETED).data, 1],
    [json(statusNames.RUNNING).data, 2],
    [json(statusNames.TERMINATED).data, 1],
  ]);
  const refusal = await world.refused('countWorkflowExecutions', { namespace, query: 'GROUP BY WorkflowId' });
  expect(refusal.message).toContain('only for ExecutionStatus');
});
