import type { Turn } from '../../turn.ts';
import type { EventBody } from '../../../protocol/temporal/history.ts';
import type { Execution } from '../../state.ts';
import { append } from '../history.ts';
import { applyUpsert, searchAttributesProblem } from '../run-attributes.ts';
import { refuseCommand, type AppliedCommand, type CommandHandler } from './command.ts';

/*
 * Commands that only leave their mark in history and, at most, in how the run is described.
 */

export const recordMarker: CommandHandler<'RECORD_MARKER'> = {
  check: (_check, { markerName = '' }) =>
    markerName === ''
      ? refuseCommand('BAD_RECORD_MARKER_ATTRIBUTES', 'MarkerName is not set on RecordMarkerCommand.')
      : undefined,
  apply: (turn, execution, command) =>
    write(turn, execution, command, { eventType: 'MARKER_RECORDED', attributes: attributesOf(command) }),
};

export const upsertSearchAttributes: CommandHandler<'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'> = {
  check(check, { searchAttributes }) {
    const problem =
      searchAttributes?.indexedFields === undefined
        ? 'IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.'
        : searchAttributesProblem(check, check.execution.ref.namespace, searchAttributes.indexedFields);
    return problem === undefined ? undefined : refuseCommand('BAD_SEARCH_ATTRIBUTES', problem);
  },
  apply(turn, execution, command) {
    const body = {
      eventType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      attributes: attributesOf(command),
    } as const;
    applyUpsert(execution, body);
    write(turn, execution, command, body);
  },
};

export const modifyProperties: CommandHandler<'MODIFY_WORKFLOW_PROPERTIES'> = {
  check: () => undefined,
  apply(turn, execution, command) {
    const body = { eventType: 'WORKFLOW_PROPERTIES_MODIFIED', attributes: attributesOf(command) } as const;
    applyUpsert(execution, body);
    write(turn, execution, command, body);
  },
};

type Marking = 'RECORD_MARKER' | 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES' | 'MODIFY_WORKFLOW_PROPERTIES';

const attributesOf = <T extends Marking>({
  attributes,
  workflowTaskCompletedEventId,
}: AppliedCommand<T>) => ({
  ...attributes,
  workflowTaskCompletedEventId,
});

function write(turn: Turn, execution: Execution, command: AppliedCommand<Marking>, body: EventBody): void {
  const { userMetadata } = command;
  append(turn, execution, userMetadata === undefined ? body : { ...body, userMetadata });
}
