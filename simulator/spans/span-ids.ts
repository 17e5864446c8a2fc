import type { OperationRef, RunId, RunRef, SpanId } from '../protocol/ids.ts';

/*
 * Span ids say what they stand for, so that a fact finds its span without a table, and so that the same run has
 * the same ids each time.
 */

export const workflowSpan = (run: RunId): SpanId => `workflow:${run}` as SpanId;

export const workflowTaskSpan = (run: RunId, scheduledEventId: number): SpanId =>
  `task:${run}:${scheduledEventId}` as SpanId;

export const timerSpan = (run: RunId, startedEventId: number): SpanId =>
  `timer:${run}:${startedEventId}` as SpanId;

export const operationSpanOf = (run: string, scheduledEventId: number): SpanId =>
  `operation:${run}:${scheduledEventId}` as SpanId;

export const operationSpan = (operation: OperationRef): SpanId =>
  operationSpanOf(operation.run.runId, operation.scheduledEventId);

export const attemptSpan = (operation: OperationRef, attempt: number): SpanId =>
  `attempt:${operation.run.runId}:${operation.scheduledEventId}:${attempt}` as SpanId;

export const backoffSpan = (operation: OperationRef, attempt: number): SpanId =>
  `backoff:${operation.run.runId}:${operation.scheduledEventId}:${attempt}` as SpanId;

export const callbackSpan = (
  run: RunRef,
  { index, attempt, copy }: { readonly index: number; readonly attempt: number; readonly copy?: number },
): SpanId => `callback:${run.runId}:${index}:${attempt}${copy === undefined ? '' : `:${copy}`}` as SpanId;

export const updateSpan = (run: RunId, update: string): SpanId => `update:${run}:${update}` as SpanId;

/** The delivery of an operation's cancel request, as its caller's history tells it. */
export const cancelRequestSpan = (run: RunId, scheduledEventId: number): SpanId =>
  `cancel:${run}:${scheduledEventId}` as SpanId;

export const activitySpan = (run: RunId, scheduledEventId: number): SpanId =>
  `activity:${run}:${scheduledEventId}` as SpanId;
