// How the real client reads history: in pages, waiting for more, and the last event alone.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SdkWorld } from '../harness/sdk-world.ts';

const { HistoryEventFilterType } = temporal.api.enums.v1;
const namespace = 'storefront';

let world: SdkWorld;
let client: Client;
let nth = 0;
let workflowId = '';
let runId = '';

beforeAll(async () => {
  world = await SdkWorld.open();
  world.driver.setClock({ mode: 'paused' });
  client = world.client(namespace);
});

afterAll(() => world.close());

/** Two events, and then one for each signal. */
beforeEach(async () => {
  workflowId = `order-${++nth}`;
  const handle = await client.workflow.start('order', { workflowId, taskQueue: 'nobody' });
  runId = handle.firstExecutionRunId;
});

const signal = (): Promise<void> => client.workflow.getHandle(workflowId).signal('more');
const terminate = (): Promise<unknown> => client.workflow.getHandle(workflowId).terminate('enough');

interface Page {
  readonly ids: readonly number[];
  readonly next: Uint8Array | undefined;
}

async function page(
  more: {
    readonly maximumPageSize?: number;
    readonly waitNewEvent?: boolean;
    readonly closeEventOnly?: boolean;
    readonly nextPageToken?: Uint8Array | undefined;
    readonly runId?: string;
  } = {},
): Promise<Page> {
  const { closeEventOnly = false, runId: wanted, nextPageToken, ...asked } = more;
  const { history, nextPageToken: next } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, ...(wanted !== undefined && { runId: wanted }) },
    historyEventFilterType: closeEventOnly
      ? HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT
      : HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT,
    ...asked,
    ...(nextPageToken !== undefined && { nextPageToken }),
  });
  const ids = (history?.events ?? []).map(({ eventId }) => Number(eventId));
  return { ids, next: next.length > 0 ? next : undefined };
}

describe('a reader that waits', () => {
  const waiting = { waitNewEvent: true, maximumPageSize: 2 } as const;

  test('gets what there is page by page, then what comes, until the run has closed', async () => {
    await signal();
    const first = await page(waiting);
    expect(first.ids).toEqual([1, 2]);
    const second = await page({ ...waiting, nextPageToken: first.next });
    expect(second.ids).toEqual([3]);
    const third = page({ ...waiting, nextPageToken: second.next });
    await signal();
    expect((await third).ids).toEqual([4]);
    const last = page({ ...waiting, nextPageToken: (await third).next });
    await terminate();
    expect(await last).toEqual({ ids: [5], next: undefined });
  });

  test('gets pages of a closed run, and the last one names no other', async () => {
    await signal();
    await terminate();
    const first = await page(waiting);
    expect(first.ids).toEqual([1, 2]);
    expect(await page({ ...waiting, nextPageToken: first.next })).toEqual({ ids: [3, 4], next: undefined });
  });
});

describe('a reader of the last event', () => {
  test('gets nothing of a run that goes on, unless it waits', async () => {
    expect(await page({ closeEventOnly: true })).toEqual({ ids: [], next: undefined });
    const waiting = page({ closeEventOnly: true, waitNewEvent: true });
    await signal();
    await terminate();
    expect(await waiting).toEqual({ ids: [4], next: undefined });
    expect(await page({ closeEventOnly: true })).toEqual({ ids: [4], next: undefined });
  });
});

test('a page goes on with its own run', async () => {
  const first = await page({ maximumPageSize: 1 });
  await terminate();
  await client.workflow.start('order', { workflowId, taskQueue: 'nobody' });
  const rest = await page({ nextPageToken: first.next });
  expect(rest.ids).toEqual([2, 3]);
  expect((await page({ nextPageToken: first.next, runId })).ids).toEqual([2, 3]);
  await expect(page({ nextPageToken: first.next, runId: 'another' })).rejects.toThrow(
    'RunId in the request does not match the NextPageToken.',
  );
  await expect(page({ nextPageToken: Buffer.from('hello') })).rejects.toThrow('Invalid NextPageToken');
});
