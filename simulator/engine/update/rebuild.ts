import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { UpdateRequest } from '../../protocol/temporal/update.ts';
import type { Execution } from '../state.ts';
import type { WorkflowUpdate } from './update-state.ts';

type UpdateEvent = HistoryEvent & {
  readonly eventType: `WORKFLOW_EXECUTION_UPDATE_${'ADMITTED' | 'ACCEPTED' | 'COMPLETED'}`;
};

/** Makes the run's updates what they were after this event of its history. */
export function applyUpdateEvent({ updates }: Execution, event: UpdateEvent): void {
  switch (event.eventType) {
    case 'WORKFLOW_EXECUTION_UPDATE_ADMITTED': {
      const { request } = event.attributes;
      const id = request.meta?.updateId ?? '';
      updates.set(id, known(id, { state: 'admitted', request }));
      return;
    }
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED': {
      const id = event.attributes.protocolInstanceId;
      updates.set(id, { ...known(id, { state: 'accepted' }), acceptedEventId: event.eventId });
      return;
    }
    case 'WORKFLOW_EXECUTION_UPDATE_COMPLETED': {
      const update = updates.get(event.attributes.meta.updateId ?? '');
      if (update === undefined) return;
      update.state = 'completed';
      update.outcome = event.attributes.outcome;
    }
  }
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
  waits: new Set(),
});
