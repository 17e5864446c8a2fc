/** What clients ask running and closed workflows, and what workers answer; see `methods.ts`. */
import type { Header, Payloads, WorkflowExecution } from './common.ts';
import type { Failure } from './failure.ts';
import type { WorkflowExecutionStatus } from './history.ts';

type Empty = Readonly<Record<string, never>>;

export interface WorkflowQuery {
  readonly queryType?: string;
  readonly queryArgs?: Payloads;
  readonly header?: Header;
}

/** A worker's answer to a query that came with a workflow task. */
export interface WorkflowQueryResult {
  readonly resultType?: 'ANSWERED' | 'FAILED';
  readonly answer?: Payloads;
  readonly errorMessage?: string;
  readonly failure?: Failure;
}

/** Method name → its request and its response. */
export interface QueryMethods {
  queryWorkflow: {
    request: {
      readonly namespace?: string;
      readonly execution?: WorkflowExecution;
      readonly query?: WorkflowQuery;
      /** Which closed workflows are not asked. */
      readonly queryRejectCondition?: 'NONE' | 'NOT_OPEN' | 'NOT_COMPLETED_CLEANLY';
    };
    response: {
      readonly queryResult?: Payloads;
      readonly queryRejected?: { readonly status: WorkflowExecutionStatus };
    };
  };
  /** The answer to a query that came as a task of its own. */
  respondQueryTaskCompleted: {
    request: {
      readonly namespace?: string;
      readonly taskToken?: string;
      readonly completedType?: 'ANSWERED' | 'FAILED';
      readonly queryResult?: Payloads;
      readonly errorMessage?: string;
      readonly failure?: Failure;
    };
    response: Empty;
  };
}
