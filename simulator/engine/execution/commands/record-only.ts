import type { Turn } from '../../turn.ts';
import type { EventBody } from '../../../protocol/temporal/history.ts';
import type { Execution } from '../../state.ts';
import { append } from '../history.ts';
import { refuseCommand, type AppliedCommand, type CommandHandler } from './command.ts';

/*
 * Commands that only leave their mark in history: what they say matters to the worker, and here to nobody.
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
  check: () => undefined,
  apply: (turn, execution, command) =>
    write(turn, execution, command, {
      eventType: 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      attributes: attributesOf(command),
    }),
};

export const modifyProperties: CommandHandler<'MODIFY_WORKFLOW_PROPERTIES'> = {
  check: () => undefined,
  apply: (turn, execution, command) =>
    write(turn, execution, command, {
      eventType: 'WORKFLOW_PROPERTIES_MODIFIED',
      attributes: attributesOf(command),
    }),
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
