import { describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { minutes } from '../../simulator/base/time.ts';
import { json, type World } from '../harness/world.ts';
import { running, sync, target } from './checklist/stage.ts';
import { open, start, describeIt, named } from './standalone-stage.ts';

describe('listing and counting', () => {
  const play = async (): Promise<World> => {
    const world = await open();
    world.handler(target, ({ startOperation }) =>
      startOperation?.service === 'Async' ? running('t') : sync(1),
    );
    for (let index = 1; index <= 4; index++) {
      await start(world, {
        operationId: `op-${index}`,
        service: index % 2 === 0 ? 'Async' : 'Sync',
        searchAttributes: { indexedFields: { Customer: json(index) } },
      });
      await world.driver.sleep(minutes(1));
    }
    await world.ask('terminateNexusOperationExecution', { ...named, operationId: 'op-2' });
    return world;
  };
  const idsOf = async (world: World, query: string): Promise<string[]> => {
    const { operations } = await world.ask('listNexusOperationExecutions', { namespace: 'orders', query });
    return operations.map(({ operationId }) => operationId);
  };

  test('shows those that run first, then the latest, page by page', async () => {
    const world = await play();
    expect(await idsOf(world, '')).toEqual(['op-4', 'op-2', 'op-3', 'op-1']);
    const first = await world.ask('listNexusOperationExecutions', { namespace: 'orders', pageSize: 3 });
    expect(first.operations).toHaveLength(3);
    const rest = await world.ask('listNexusOperationExecutions', {
      namespace: 'orders',
      pageSize: 3,
      nextPageToken: first.nextPageToken ?? encodeText(''),
    });
    expect(rest.operations).toEqual([
      {
        operationId: 'op-1',
        runId: expect.any(String) as string,
        endpoint: 'payments-endpoint',
        service: 'Sync',
        operation: 'operation',
        scheduleTime: 0,
        closeTime: 0,
        executionDuration: 0,
        status: 'COMPLETED',
        stateTransitionCount: 2,
        searchAttributes: { indexedFields: { Customer: json(1) } },
      },
    ]);
    expect(rest).not.toHaveProperty('nextPageToken');
    expect(await idsOf(await open(), '')).toEqual([]);
  });

  test.each([
    ['Endpoint = "payments-endpoint" AND ExecutionStatus = "Running"', ['op-4']],
    ["Service = 'Sync' OR OperationId = 'op-2'", ['op-2', 'op-3', 'op-1']],
    ["Operation = 'operation' AND NOT (Service = 'Sync')", ['op-4', 'op-2']],
    ["ExecutionStatus IN ('Terminated', 'Running')", ['op-4', 'op-2']],
    ["ExecutionStatus != 'Completed'", ['op-4', 'op-2']],
    ['StartTime > 60000', ['op-4', 'op-3']],
    ['StartTime BETWEEN 60000 AND 120000', ['op-2', 'op-3']],
    ['CloseTime IS NULL', ['op-4']],
    ['ExecutionTime = 0', ['op-1']],
    ["ExecutionDuration >= '3m'", ['op-2']],
    ['ExecutionDuration > 180000000000', []],
    ['StateTransitionCount >= 3', ['op-2']],
    ["OperationId STARTS_WITH 'op-' AND OperationId > 'op-3'", ['op-4']],
  ])('with %s', async (query, expected) => {
    const world = await play();
    expect(await idsOf(world, query)).toEqual(expected);
    expect(await world.ask('countNexusOperationExecutions', { namespace: 'orders', query })).toEqual({
      count: expected.length,
    });
  });

  test('finds one by its run and by the request id that its handler saw', async () => {
    const world = await play();
    const { runId = '', info } = await describeIt(world, { operationId: 'op-3' });
    expect(await idsOf(world, `RunId = '${runId}' AND RequestId = '${info?.requestId ?? ''}'`)).toEqual([
      'op-3',
    ]);
  });

  test('counts by status', async () => {
    const world = await play();
    const query = "Endpoint = 'payments-endpoint' GROUP BY ExecutionStatus";
    const { count, groups } = await world.ask('countNexusOperationExecutions', {
      namespace: 'orders',
      query,
    });
    expect(count).toBe(4);
    expect(groups).toEqual([
      { count: 2, groupValues: [keyword('Completed')] },
      { count: 1, groupValues: [keyword('Terminated')] },
      { count: 1, groupValues: [keyword('Running')] },
    ]);
    expect(
      await world.refused('countNexusOperationExecutions', {
        namespace: 'orders',
        query: 'GROUP BY Endpoint',
      }),
    ).toEqual({
      code: 'INVALID_ARGUMENT',
      message:
        "invalid query: 'GROUP BY' clause is not supported for search attribute Endpoint, only for ExecutionStatus",
    });
    expect(await world.refused('listNexusOperationExecutions', { namespace: 'orders', query })).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'invalid query: GROUP BY counts, and this is a list',
    });
  });

  test.each(['listNexusOperationExecutions', 'countNexusOperationExecutions'] as const)(
    '%s refuses what is no query',
    async (method) => {
      const world = await open();
      const refusal = await world.refused(method, { namespace: 'orders', query: 'Colour = "red"' });
      expect(refusal.code).toBe('INVALID_ARGUMENT');
      expect(refusal.message).toContain('there is no search attribute Colour');
      expect(await world.refused(method, { namespace: 'nowhere' })).toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  test('a page token that no list gave is refused', async () => {
    const world = await open();
    expect(
      await world.refused('listNexusOperationExecutions', {
        namespace: 'orders',
        nextPageToken: encodeText('[1]'),
      }),
    ).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

const keyword = (value: string) => ({
  metadata: { ...json(value).metadata, type: encodeText('Keyword') },
  data: json(value).data,
});
