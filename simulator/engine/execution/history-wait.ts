import { encodeText, decodeText } from '../../base/base64.ts';
import type { RunId } from '../../protocol/ids.ts';
import type { ResponseOf } from '../../protocol/temporal/methods.ts';
import { isRunning, type Execution, type HistoryWait } from '../state.ts';

type HistoryPage = ResponseOf<'getWorkflowExecutionHistory'>;

/** Where a reader of history is; the page token on the wire. */
export interface HistoryCursor {
  readonly run: RunId;
  /** Events seen so far. */
  readonly from: number;
}

export const writeCursor = (cursor: HistoryCursor): string => encodeText(JSON.stringify(cursor));

export function readCursor(token: string): HistoryCursor | undefined {
  const text = decodeText(token);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('run' in value) || !('from' in value))
      return undefined;
    const { run, from } = value;
    return typeof run === 'string' && typeof from === 'number' ? { run: run as RunId, from } : undefined;
  } catch {
    return undefined;
  }
}

/** What a reader that waits for news gets now; `undefined` when there is none yet. */
export function historyAnswer(execution: Execution, wait: HistoryWait): HistoryPage | undefined {
  const closed = !isRunning(execution);
  if (wait.closeEventOnly) return closed ? { history: { events: execution.events.slice(-1) } } : undefined;
  if (execution.events.length <= wait.from && !closed) return undefined;
  const end = Math.min(wait.from + wait.size, execution.events.length);
  const isLast = closed && end === execution.events.length;
  return {
    history: { events: execution.events.slice(wait.from, end) },
    ...(!isLast && { nextPageToken: writeCursor({ run: execution.ref.runId, from: end }) }),
  };
}

/** What a reader gets that would not wait any longer: nothing new, and where to go on. */
export const emptyHistoryAnswer = (wait: HistoryWait): HistoryPage => ({
  history: {},
  nextPageToken: writeCursor({ run: wait.run, from: wait.from }),
});
