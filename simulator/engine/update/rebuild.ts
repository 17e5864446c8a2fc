import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { UpdateRequest } from '../../protocol/temporal/update.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import type { WorkflowUpdate } from './update-state.ts';
import { keepCallbacks } from './update-callbacks.ts';

type UpdateEvent = HistoryEvent & {
  readonly eventType: `WORKFLOW_EXECUTION_UPDATE_${'ADMITTED' | 'ACCEPTED' | 'COMPLETED'}`;
};

/** Makes the run's updates what they were after this event of its history. */
export function applyUpdateEvent(turn: Turn, execution: Execution, event: UpdateEvent): void {
  const { updates } = execution;
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_UPDATE_ADMITTED': {
      const { request } = event.attributes;
      const id = request.meta?.updateId ?? '';
      updates.set(id, known(id, { state: 'admitted', request }));
      keepCallbacks(turn, execution, id, { ...request, eventType: event.eventType });
      return;
    }
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED': {
      const { protocolInstanceId: id, acceptedRequest = {} } = event.attributes;
      updates.set(id, { ...known(id, { state: 'accepted' }), acceptedEventId: event.eventId });
      keepCallbacks(turn, execution, id, { ...acceptedRequest, eventType: event.eventType });
      return;
    }
    case 'WORKFLOW_EXECUTION_UPDATE_COMPLETED': {
      const { meta, outcome } = event.attributes;
      const update = updates.get(meta.updateId ?? '');
      if (update === undefined) return;
      update.state = 'completed';
      update.outcome = outcome;
      dropCallbacks(execution, update.id);
    }
  }
}

/** What was attached to an update. One that is completed has called those that it had to. */
export function applyUpdateOptions(
  turn: Turn,
  execution: Execution,
  { eventType, attributes }: HistoryEvent & { readonly eventType: 'WORKFLOW_EXECUTION_OPTIONS_UPDATED' },
): void {
  for (const options of attributes.workflowUpdateOptions ?? []) {
    const { updateId, attachedRequestId: requestId, attachedCompletionCallbacks } = options;
    const carrier = { requestId, completionCallbacks: attachedCompletionCallbacks, eventType };
    keepCallbacks(turn, execution, updateId, carrier);
    if (execution.updates.get(updateId)?.state === 'completed') dropCallbacks(execution, updateId);
  }
}

function dropCallbacks({ callbacks }: Execution, update: string): void {
  const left = callbacks.filter((callback) => callback.update?.id !== update);
  callbacks.splice(0, callbacks.length, ...left);
}

const known = (
  id: string,
  { state, request }: { readonly state: WorkflowUpdate['state']; readonly request?: UpdateRequest },
): WorkflowUpdate => ({
  id,
  request,
  inHistory: true,
  state,
  acceptedEventId: 0,
  outcome: undefined,
  attached: [],
  waits: new Set(),
});
