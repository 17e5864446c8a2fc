/** Differences between the simulation and a real server that are as they should be, each with its reason. */

export interface AllowedDifference {
  /** Absent: any event. */
  readonly eventType?: string;
  /** The path of the field; absent: the whole event. */
  readonly field?: RegExp;
  readonly reason: string;
}

const allowedDifferences: readonly AllowedDifference[] = [
  {
    eventType: 'WORKFLOW_TASK_COMPLETED',
    field: /^count$/,
    reason:
      'In the simulation what happens at one instant is answered in one workflow task; on a server milliseconds lie between.',
  },
  {
    eventType: 'WORKFLOW_EXECUTION_STARTED',
    field: /^attributes\.prevAutoResetPoints\./,
    reason:
      'The server remembers where each version of the workers began, to reset to it; the simulation has no versions.',
  },
  {
    eventType: 'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
    field: /^attributes\.(workflowRunTimeout|workflowTaskTimeout|workflowIdReusePolicy)$/,
    reason:
      'The server writes down the defaults of what the command for a child leaves out; the simulation applies them and leaves them out.',
  },
  {
    eventType: 'WORKFLOW_EXECUTION_STARTED',
    field: /^attributes\.workflowRunTimeout$/,
    reason: 'No timeout is written as 0 for a child on the server, and left out in the simulation.',
  },
  {
    eventType: 'WORKFLOW_EXECUTION_SIGNALED',
    field: /^attributes\.requestId$/,
    reason:
      'The server notes the id of its own by which one workflow signals another; the simulation needs none.',
  },
  {
    eventType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
    field: /^attributes\.namespace$/,
    reason:
      'The command may leave its own namespace out; the simulation writes it down, the server does not.',
  },
];

export const allowedBy = (found: {
  readonly eventType: string;
  readonly field?: string;
}): AllowedDifference | undefined =>
  allowedDifferences.find(
    ({ eventType, field }) =>
      (eventType === undefined || eventType === found.eventType) &&
      (field === undefined
        ? found.field === undefined
        : found.field !== undefined && field.test(found.field)),
  );
