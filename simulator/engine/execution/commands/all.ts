import type { CommandType } from '../../../protocol/temporal/command.ts';
import type { CommandHandler } from './command.ts';
import { continueAsNew } from './continue-as-new.ts';
import { requestCancelExternalWorkflow } from './request-cancel-external-workflow.ts';
import { signalExternalWorkflow } from './signal-external-workflow.ts';
import { startChildWorkflow } from './start-child-workflow.ts';
import {
  cancelWorkflowExecution,
  completeWorkflowExecution,
  failWorkflowExecution,
} from './close-workflow.ts';
import { protocolMessage } from './protocol-message.ts';
import { modifyProperties, recordMarker, upsertSearchAttributes } from './record-only.ts';
import { requestCancelActivityTask } from './request-cancel-activity-task.ts';
import { requestCancelNexusOperation } from './request-cancel-nexus-operation.ts';
import { scheduleActivityTask } from './schedule-activity-task.ts';
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
  PROTOCOL_MESSAGE: protocolMessage,
  SCHEDULE_ACTIVITY_TASK: scheduleActivityTask,
  REQUEST_CANCEL_ACTIVITY_TASK: requestCancelActivityTask,
  SCHEDULE_NEXUS_OPERATION: scheduleNexusOperation,
  REQUEST_CANCEL_NEXUS_OPERATION: requestCancelNexusOperation,
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: upsertSearchAttributes,
  MODIFY_WORKFLOW_PROPERTIES: modifyProperties,
  START_CHILD_WORKFLOW_EXECUTION: startChildWorkflow,
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: signalExternalWorkflow,
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: requestCancelExternalWorkflow,
  CONTINUE_AS_NEW_WORKFLOW_EXECUTION: continueAsNew,
};
