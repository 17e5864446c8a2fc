// What clients ask of a server besides running workflows: lists, search attributes, task queues, pages of history.
import { status } from '@grpc/grpc-js';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SdkWorld } from '../harness/sdk-world.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const namespace = 'storefront';
const customer = defineSearchAttributeKey('Customer', 'KEYWORD');
const due = defineSearchAttributeKey('Due', 'DATETIME');

let world: SdkWorld;
let client: Client;

beforeAll(async () => {
  world = await SdkWorld.open();
  world.driver.setClock({ mode: 'paused' });
  client = world.client(namespace);
  await world.grpc.call('temporal.api.operatorservice.v1.OperatorService/AddSearchAttributes', {
    namespace,
    searchAttributes: { Customer: 'KEYWORD', Due: 'DATETIME' },
  });
  for (const [workflowId, name] of [
    ['order-1', 'ada'],
    ['order-2', 'bob'],
  ] as const) {
    await client.workflow.start('order', {
      workflowId,
      taskQueue: 'nobody',
      memo: { name },
      typedSearchAttributes: new TypedSearchAttributes([
        { key: customer, value: name },
        { key: due, value: new Date('2026-03-01T12:00:00Z') },
      ]),
    });
  }
});

afterAll(() => world.close());

describe('the SDK’s client', () => {
  test('lists and counts workflows, with their memo and search attributes', async () => {
    const listed: unknown[] = [];
    const query = "Customer = 'ada' AND Due < '2026-04-01T00:00:00Z' AND StartTime >= '2030-01-01T00:00:00Z'";
    for await (const info of client.workflow.list({ query, pageSize: 1 })) {
      listed.push([info.workflowId, info.memo, info.typedSearchAttributes.get(customer)]);
    }
    expect(listed).toEqual([['order-1', { name: 'ada' }, 'ada']]);
    const { count, groups } = await client.workflow.count('GROUP BY ExecutionStatus');
    expect([count, groups]).toEqual([2, [{ count: 2, groupValues: [['Running']] }]]);
  });

  test('describes one', async () => {
    const described = await client.workflow.getHandle('order-2').describe();
    expect(described.memo).toEqual({ name: 'bob' });
    expect(described.typedSearchAttributes.get(due)).toEqual(new Date('2026-03-01T12:00:00Z'));
  });

  test('is told of a search attribute that is not there', async () => {
    const unknown = defineSearchAttributeKey('Unknown', 'KEYWORD');
    const starting = client.workflow.start('order', {
      workflowId: 'order-3',
      taskQueue: 'nobody',
      typedSearchAttributes: new TypedSearchAttributes([{ key: unknown, value: 'x' }]),
    });
    await expect(starting).rejects.toMatchObject({
      cause: {
        code: status.INVALID_ARGUMENT,
        details: expect.stringContaining('no mapping defined') as string,
      },
    });
  });
});

test('history is read page by page, from both ends', async () => {
  const handle = client.workflow.getHandle('order-1');
  for (let index = 0; index < 3; index++) await handle.signal('more', index);
  const pages = async (method: 'getWorkflowExecutionHistory' | 'getWorkflowExecutionHistoryReverse') => {
    const ids: number[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await client.workflowService[method]({
        namespace,
        execution: { workflowId: 'order-1' },
        maximumPageSize: 2,
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      ids.push(...(page.history?.events ?? []).map(({ eventId }) => Number(eventId)));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return ids;
  };
  expect(await pages('getWorkflowExecutionHistory')).toEqual([1, 2, 3, 4, 5]);
  expect(await pages('getWorkflowExecutionHistoryReverse')).toEqual([5, 4, 3, 2, 1]);
});

test('payloads pass as they are, byte for byte', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const payload = fc.record({
    metadata: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), bytes, { maxKeys: 3 }),
    data: bytes,
  });
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(payload, async (sent) => {
      const workflowId = `payload-${++nth}`;
      await client.workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        requestId: workflowId,
        workflowType: { name: 'order' },
        taskQueue: { name: 'nobody' },
        input: { payloads: [sent] },
      });
      const { history } = await client.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId },
      });
      const [got] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      const plain = (of: Readonly<Record<string, Uint8Array>>): unknown =>
        Object.fromEntries(Object.entries(of).map(([name, value]) => [name, [...value]]));
      expect([...(got?.data ?? [])]).toEqual([...sent.data]);
      expect(plain(got?.metadata ?? {})).toEqual(plain(sent.metadata));
    }),
    { numRuns: 50 },
  );
});

describe('a server that is not treated well', () => {
  test.each([
    ['RespondWorkflowTaskCompleted', { taskToken: 'bm9uZQ==' }],
    ['RespondActivityTaskCompleted', { taskToken: 'bm9uZQ==' }],
    ['RespondNexusTaskCompleted', { taskToken: 'bm9uZQ==', response: {} }],
    ['ListWorkflowExecutions', { nextPageToken: 'bm9uZQ==' }],
    [
      'GetWorkflowExecutionHistoryReverse',
      { nextPageToken: 'bm9uZQ==', execution: { workflowId: 'order-1' } },
    ],
  ])('%s refuses a token that it has not given out', async (method, request) => {
    const answer = await world.grpc.call(`${workflowService}/${method}`, { namespace, ...request });
    expect(answer.ok ? 'ok' : status[answer.code]).toMatch(/^(NOT_FOUND|INVALID_ARGUMENT)$/);
  });

  test.each(['ListWorkflowExecutions', 'CountWorkflowExecutions', 'DescribeTaskQueue', 'UpdateNamespace'])(
    '%s refuses a namespace that is not there, and none at all',
    async (method) => {
      const of = async (request: object): Promise<string | undefined> => {
        const answer = await world.grpc.call(`${workflowService}/${method}`, request);
        return answer.ok ? 'ok' : status[answer.code];
      };
      expect([await of({ namespace: 'nowhere' }), await of({})]).toEqual(['NOT_FOUND', 'INVALID_ARGUMENT']);
    },
  );

  test('two hundred polls wait in one queue, each for a task of its own', async () => {
    const poll = (index: number) =>
      world.grpc.call(
        `${workflowService}/PollWorkflowTaskQueue`,
        { namespace, taskQueue: { name: 'crowded' }, identity: `worker-${index}` },
        { deadlineMs: 30_000 },
      );
    const polls = Array.from({ length: 200 }, (_, index) => poll(index));
    const described = async (): Promise<number> => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: 'crowded' },
      });
      return pollers.length;
    };
    while ((await described()) < polls.length);
    for (let index = 0; index < polls.length; index++) {
      await client.workflow.start('order', { workflowId: `crowd-${index}`, taskQueue: 'crowded' });
    }
    const answers = await Promise.all(polls);
    const taken = answers.map((answer) =>
      answer.ok
        ? (answer.value as { workflowExecution?: { workflowId?: string } }).workflowExecution
        : answer,
    );
    expect(new Set(taken.map((run) => JSON.stringify(run))).size).toBe(200);
  });
});
