import type { CancellationSignal } from '../base/cancellation.ts';
import { ok, type Result } from '../base/result.ts';
import type { WorkflowExecution } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { ServiceError, TemporalPort } from '../protocol/temporal/port.ts';

export interface HistoryAddress {
  readonly namespace: string;
  readonly execution: WorkflowExecution;
}

/** All events of a workflow, page by page; with a page token, those from there on. */
export async function readHistory(
  port: TemporalPort,
  address: HistoryAddress,
  from?: string,
): Promise<Result<readonly HistoryEvent[], ServiceError>> {
  const events: HistoryEvent[] = [];
  let nextPageToken = from;
  do {
    const request = nextPageToken === undefined ? address : { ...address, nextPageToken };
    const page = await port.call('getWorkflowExecutionHistory', request);
    if (!page.ok) return page;
    events.push(...(page.value.history.events ?? []));
    nextPageToken = page.value.nextPageToken;
  } while (nextPageToken !== undefined && nextPageToken !== '');
  return ok(events);
}

/** Settles when a workflow has closed, or when it can no longer be asked. */
export async function untilClosed(
  port: TemporalPort,
  address: HistoryAddress,
  signal: CancellationSignal,
): Promise<void> {
  let nextPageToken: string | undefined;
  while (!signal.cancelled) {
    const page = await port.call(
      'getWorkflowExecutionHistory',
      {
        ...address,
        waitNewEvent: true,
        historyEventFilterType: 'CLOSE_EVENT',
        ...(nextPageToken !== undefined && { nextPageToken }),
      },
      { signal },
    );
    if (!page.ok || (page.value.history.events ?? []).length > 0) return;
    nextPageToken = page.value.nextPageToken;
  }
}
