import type { CommandType } from '../../../protocol/temporal/command.ts';
import type { CommandHandler } from './command.ts';
import {
  cancelWorkflowExecution,
  completeWorkflowExecution,
  failWorkflowExecution,
} from './close-workflow.ts';
import { modifyProperties, recordMarker, upsertSearchAttributes } from './record-only.ts';
import { requestCancelNexusOperation } from './request-cancel-nexus-operation.ts';
import { scheduleNexusOperation } from './schedule-nexus-operation.ts';
import { cancelTimer, startTimer } from './timer.ts';

/** Every kind of command; a new one is a file here and a line below. */
export const commandHandlers: { readonly [T in CommandType]: CommandHandler<T> } = {
  START_TIMER: startTimer,
  CANCEL_TIMER: cancelTimer,
  COMPLETE_WORKFLOW_EXECUTION: completeWorkflowExecution,
  FAIL_WORKFLOW_EXECUTION: failWorkflowExecution,
  CANCEL_WORKFLOW_EXECUTION: cancelWorkflowExecution,
  RECORD_MARKER: recordMarker,
  SCHEDULE_NEXUS_OPERATION: scheduleNexusOperation,
  REQUEST_CANCEL_NEXUS_OPERATION: requestCancelNexusOperation,
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: upsertSearchAttributes,
  MODIFY_WORKFLOW_PROPERTIES: modifyProperties,
};
