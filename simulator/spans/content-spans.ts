import type { RunRef, SpanId } from '../protocol/ids.ts';
import type { Payload, Payloads } from '../protocol/temporal/common.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { payloadsText, shortened } from './payload-text.ts';
import { activitySpan, operationSpanOf, workflowSpan } from './span-ids.ts';
import type { SpanStore } from './span-store.ts';

/** What went into workflows, activities and operations, what came out, and which signals came meanwhile. */
export function traceContent(store: SpanStore, run: RunRef, event: HistoryEvent): void {
  const annotate = (id: SpanId, name: 'input' | 'result', payloads: Payloads | undefined): void => {
    if (payloads?.payloads !== undefined) store.annotate(id, { [name]: payloadsText(payloads) });
  };
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_STARTED':
      annotate(workflowSpan(run.runId), 'input', event.attributes.input);
      return;
    case 'WORKFLOW_EXECUTION_COMPLETED':
      annotate(workflowSpan(run.runId), 'result', event.attributes.result);
      return;
    case 'WORKFLOW_EXECUTION_SIGNALED': {
      const before = store.get(workflowSpan(run.runId))?.attributes['signals'];
      const names = [...(before === undefined ? [] : [before]), event.attributes.signalName].join(', ');
      store.annotate(workflowSpan(run.runId), { signals: shortened(names) });
      return;
    }
    case 'ACTIVITY_TASK_SCHEDULED':
      annotate(activitySpan(run.runId, event.eventId), 'input', event.attributes.input);
      return;
    case 'ACTIVITY_TASK_COMPLETED':
      annotate(activitySpan(run.runId, event.attributes.scheduledEventId), 'result', event.attributes.result);
      return;
    case 'NEXUS_OPERATION_SCHEDULED':
      annotate(operationSpanOf(run.runId, event.eventId), 'input', single(event.attributes.input));
      return;
    case 'NEXUS_OPERATION_COMPLETED':
      annotate(
        operationSpanOf(run.runId, event.attributes.scheduledEventId),
        'result',
        single(event.attributes.result),
      );
      return;
    default:
      return;
  }
}

const single = (payload: Payload | undefined): Payloads | undefined => payload && { payloads: [payload] };
