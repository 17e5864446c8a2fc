/** Updating workflows; see `methods.ts`. */
import type { Link, WorkflowExecution } from './common.ts';
import type { UpdateOutcome, UpdateRequest } from './update.ts';

/** How far an update has come. */
export type UpdateStage = 'ADMITTED' | 'ACCEPTED' | 'COMPLETED';

export interface UpdateRef {
  readonly workflowExecution?: WorkflowExecution;
  readonly updateId?: string;
}

interface WaitPolicy {
  readonly lifecycleStage?: UpdateStage;
}

export interface UpdateWorkflowExecutionRequest {
  readonly namespace?: string;
  readonly workflowExecution?: WorkflowExecution;
  /** The first run of the chain that is meant. */
  readonly firstExecutionRunId?: string;
  readonly waitPolicy?: WaitPolicy;
  readonly request?: UpdateRequest;
}

export interface UpdateWorkflowExecutionResponse {
  readonly updateRef: UpdateRef;
  /** Absent when it was not reached before the wait was over. */
  readonly outcome?: UpdateOutcome;
  readonly stage: UpdateStage;
  readonly link?: Link;
}

/** Starts a workflow, if it does not run, and updates it. */
export interface MultiOperationMethods<StartRequest, StartResponse> {
  executeMultiOperation: {
    request: {
      readonly namespace?: string;
      readonly operations?: readonly {
        readonly startWorkflow?: StartRequest;
        readonly updateWorkflow?: UpdateWorkflowExecutionRequest;
      }[];
    };
    response: {
      readonly responses: readonly [
        { readonly startWorkflow: StartResponse },
        { readonly updateWorkflow: UpdateWorkflowExecutionResponse },
      ];
    };
  };
}

/** Method name → its request and its response. */
export interface UpdateMethods {
  updateWorkflowExecution: {
    request: UpdateWorkflowExecutionRequest;
    response: UpdateWorkflowExecutionResponse;
  };
  pollWorkflowExecutionUpdate: {
    request: {
      readonly namespace?: string;
      readonly updateRef?: UpdateRef;
      readonly identity?: string;
      readonly waitPolicy?: WaitPolicy;
    };
    response: Omit<UpdateWorkflowExecutionResponse, 'link'>;
  };
}
