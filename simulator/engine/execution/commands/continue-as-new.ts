import type { ContinueAsNewAttributes } from '../../../protocol/temporal/run-command.ts';
import { retryPolicyProblem } from '../activity-retry.ts';
import { closeWithFollower } from '../close.ts';
import { followerOf } from '../continue-run.ts';
import { searchAttributesProblem } from '../run-attributes.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

export const continueAsNew: CommandHandler<'CONTINUE_AS_NEW_WORKFLOW_EXECUTION'> = {
  closes: true,
  check(check, attributes) {
    const fields = attributes.searchAttributes?.indexedFields;
    const misfit = searchAttributesProblem(check, check.execution.ref.namespace, fields);
    if (misfit !== undefined) return refuseCommand('BAD_SEARCH_ATTRIBUTES', misfit);
    const problem = problemIn(attributes);
    return problem === undefined ? undefined : refuseCommand('BAD_CONTINUE_AS_NEW_ATTRIBUTES', problem);
  },
  apply(turn, execution, { attributes, workflowTaskCompletedEventId }) {
    const follower = followerOf(turn, execution, attributes);
    const { workflowType, taskQueue, workflowRunTimeout, workflowTaskTimeout } = follower.attributes;
    const { retryPolicy: _policy, cronSchedule: _cron, ...asked } = attributes;
    const body = {
      eventType: 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      attributes: {
        ...asked,
        newExecutionRunId: follower.runId,
        workflowType,
        taskQueue,
        ...(workflowRunTimeout !== undefined && { workflowRunTimeout }),
        workflowTaskTimeout,
        workflowTaskCompletedEventId,
      },
    } as const;
    closeWithFollower(turn, execution, body, follower);
  },
};

function problemIn(attributes: ContinueAsNewAttributes): string | undefined {
  const { cronSchedule, retryPolicy, workflowRunTimeout = 0, workflowTaskTimeout = 0 } = attributes;
  const { backoffStartInterval = 0 } = attributes;
  if (cronSchedule !== undefined) {
    return 'This simulator does not run cron schedules yet: continue without cronSchedule.';
  }
  if (workflowRunTimeout < 0 || workflowTaskTimeout < 0 || backoffStartInterval < 0) {
    return 'A timeout on ContinueAsNewWorkflowExecutionCommand cannot be negative.';
  }
  return retryPolicy && retryPolicyProblem(retryPolicy);
}
