import type { Base64 } from '../../base/base64.ts';
import type { Instant } from '../../base/time.ts';
import type { Payload } from './common.ts';
import type { WorkflowExecutionStatus } from './history.ts';
import type { WorkflowExecutionInfo } from './workflow-execution-info.ts';

/** The types of search attributes, as the enum IndexedValueType names them. */
export const indexedValueTypes = [
  'TEXT',
  'KEYWORD',
  'INT',
  'DOUBLE',
  'BOOL',
  'DATETIME',
  'KEYWORD_LIST',
] as const;
export type IndexedValueType = (typeof indexedValueTypes)[number];

export type SearchAttributeTypes = Readonly<Record<string, IndexedValueType>>;

export interface ListRequest {
  readonly namespace?: string;
  readonly pageSize?: number;
  readonly nextPageToken?: Base64;
  readonly query?: string;
}

export interface ExecutionPage {
  readonly executions: readonly WorkflowExecutionInfo[];
  readonly nextPageToken?: Base64;
}

/** The older way to ask: at most one of the three filters. */
export interface FilteredListRequest {
  readonly namespace?: string;
  readonly maximumPageSize?: number;
  readonly nextPageToken?: Base64;
  readonly startTimeFilter?: { readonly earliestTime?: Instant; readonly latestTime?: Instant };
  readonly executionFilter?: { readonly workflowId?: string };
  readonly typeFilter?: { readonly name?: string };
}

type Empty = Readonly<Record<string, never>>;

export interface VisibilityMethods {
  listWorkflowExecutions: { request: ListRequest; response: ExecutionPage };
  scanWorkflowExecutions: { request: ListRequest; response: ExecutionPage };
  listArchivedWorkflowExecutions: { request: ListRequest; response: ExecutionPage };
  listOpenWorkflowExecutions: { request: FilteredListRequest; response: ExecutionPage };
  listClosedWorkflowExecutions: {
    request: FilteredListRequest & { readonly statusFilter?: { readonly status?: WorkflowExecutionStatus } };
    response: ExecutionPage;
  };
  countWorkflowExecutions: {
    request: { readonly namespace?: string; readonly query?: string };
    response: {
      readonly count: number;
      readonly groups?: readonly { readonly groupValues: readonly Payload[]; readonly count: number }[];
    };
  };
  getSearchAttributes: { request: Empty; response: { readonly keys: SearchAttributeTypes } };
  listSearchAttributes: {
    request: { readonly namespace?: string };
    response: {
      readonly customAttributes: SearchAttributeTypes;
      readonly systemAttributes: SearchAttributeTypes;
    };
  };
  addSearchAttributes: {
    request: {
      readonly namespace?: string;
      /** A type that the definitions do not know is its number. */
      readonly searchAttributes?: Readonly<Record<string, string>>;
    };
    response: Empty;
  };
  removeSearchAttributes: {
    request: { readonly namespace?: string; readonly searchAttributes?: readonly string[] };
    response: Empty;
  };
}
