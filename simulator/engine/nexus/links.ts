import type { Link } from '../../protocol/temporal/common.ts';
import type { RunRef } from '../fact.ts';

/* Links to a run's events (semantics §1.6). How they travel inside Nexus: `protocol/temporal/nexus-link.ts`. */

export const eventLink = (run: RunRef, eventId: number, eventType: string): Link => ({
  workflowEvent: {
    namespace: run.namespace,
    workflowId: run.workflowId,
    runId: run.runId,
    eventRef: { eventId, eventType },
  },
});

export const workflowLink = (run: RunRef, reason: string): Link => ({
  workflow: { namespace: run.namespace, workflowId: run.workflowId, runId: run.runId, reason },
});

export const requestIdLink = (run: RunRef, requestId: string, eventType: string): Link => ({
  workflowEvent: {
    namespace: run.namespace,
    workflowId: run.workflowId,
    runId: run.runId,
    requestIdRef: { requestId, eventType },
  },
});
