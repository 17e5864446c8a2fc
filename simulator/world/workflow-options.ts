import type { DurationMs } from '../base/time.ts';
import type { RetryPolicy } from '../protocol/temporal/common.ts';
import type { StartWorkflowExecutionRequest } from '../protocol/temporal/start-request.ts';

/** A retry policy as a file writes it: Temporal's own, field for field. */
export type RetryPolicyText = RetryPolicy;

/** Whether a workflow id may be used again. Terminating what runs is a matter of the conflict policy. */
export const idReusePolicies = [
  'allow-duplicate',
  'allow-duplicate-failed-only',
  'reject-duplicate',
] as const;

export const idConflictPolicies = ['fail', 'use-existing', 'terminate-existing'] as const;
export type IdConflictPolicy = (typeof idConflictPolicies)[number];

/** What a workflow may be started with, whoever starts it. */
export interface WorkflowOptions {
  readonly executionTimeout?: DurationMs;
  readonly runTimeout?: DurationMs;
  readonly taskTimeout?: DurationMs;
  readonly retryPolicy?: RetryPolicyText;
  readonly idReusePolicy?: (typeof idReusePolicies)[number];
}

type OptionFields = Pick<
  StartWorkflowExecutionRequest,
  | 'workflowExecutionTimeout'
  | 'workflowRunTimeout'
  | 'workflowTaskTimeout'
  | 'retryPolicy'
  | 'workflowIdReusePolicy'
>;

/** The options as requests and commands carry them. */
export function optionFields(options: WorkflowOptions): OptionFields {
  const { executionTimeout, runTimeout, taskTimeout, retryPolicy, idReusePolicy } = options;
  return {
    ...(executionTimeout !== undefined && { workflowExecutionTimeout: executionTimeout }),
    ...(runTimeout !== undefined && { workflowRunTimeout: runTimeout }),
    ...(taskTimeout !== undefined && { workflowTaskTimeout: taskTimeout }),
    ...(retryPolicy !== undefined && { retryPolicy }),
    ...(idReusePolicy !== undefined && { workflowIdReusePolicy: reusePolicyOf[idReusePolicy] }),
  };
}

const reusePolicyOf = {
  'allow-duplicate': 'ALLOW_DUPLICATE',
  'allow-duplicate-failed-only': 'ALLOW_DUPLICATE_FAILED_ONLY',
  'reject-duplicate': 'REJECT_DUPLICATE',
} as const satisfies Record<(typeof idReusePolicies)[number], OptionFields['workflowIdReusePolicy']>;

export const conflictPolicyOf = {
  fail: 'FAIL',
  'use-existing': 'USE_EXISTING',
  'terminate-existing': 'TERMINATE_EXISTING',
} as const satisfies Record<IdConflictPolicy, StartWorkflowExecutionRequest['workflowIdConflictPolicy']>;
