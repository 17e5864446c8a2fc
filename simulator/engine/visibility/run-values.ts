import { between } from '../../base/time.ts';
import type { WorkflowExecutionStatus } from '../../protocol/temporal/history.ts';
import type { IndexedValueType, SearchAttributeTypes } from '../../protocol/temporal/visibility-methods.ts';
import { describeFamily } from '../execution/describe-child.ts';
import { attributesOfRun } from '../execution/run-attributes.ts';
import { settableAttributes, type systemAttributes } from '../registry/search-attributes.ts';
import type { EngineState, Execution } from '../state.ts';
import { readAttribute } from './attribute-value.ts';
import type { ValueOf } from './match.ts';
import type { AttributeType, Attributes } from './query.ts';

/** As queries write them. */
export const statusNames = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
  TERMINATED: 'Terminated',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
  TIMED_OUT: 'TimedOut',
} as const satisfies Record<WorkflowExecutionStatus, string>;

type SystemAttribute = keyof typeof systemAttributes;

const system: Readonly<Record<SystemAttribute, AttributeType>> = {
  WorkflowId: 'keyword',
  RunId: 'keyword',
  WorkflowType: 'keyword',
  StartTime: 'time',
  ExecutionTime: 'time',
  CloseTime: 'time',
  ExecutionStatus: Object.values(statusNames),
  TaskQueue: 'keyword',
  HistoryLength: 'number',
  ExecutionDuration: 'duration',
  ParentWorkflowId: 'keyword',
  ParentRunId: 'keyword',
  RootWorkflowId: 'keyword',
  RootRunId: 'keyword',
};

const queryTypes: Readonly<Record<IndexedValueType, AttributeType>> = {
  TEXT: 'text',
  KEYWORD: 'keyword',
  INT: 'number',
  DOUBLE: 'number',
  BOOL: 'boolean',
  DATETIME: 'date',
  KEYWORD_LIST: 'keyword-list',
};

/** What the runs of a namespace can be asked for. */
export const runAttributes = (state: EngineState, namespace: string): Attributes => ({
  ...system,
  ...Object.fromEntries(
    Object.entries(settableAttributes(state, namespace)).map(([name, type]) => [name, queryTypes[type]]),
  ),
});

/** What a run has of these; `types` are those of the attributes that it can be given. */
export const runValues =
  (execution: Execution, types: SearchAttributeTypes): ValueOf =>
  (attribute) => {
    if (isSystem(attribute)) return systemValues[attribute](execution);
    const payload = attributesOfRun(execution).searchAttributes[attribute];
    const type = types[attribute];
    return payload && type && (readAttribute(payload, type) ?? undefined);
  };

const isSystem = (attribute: string): attribute is SystemAttribute => Object.hasOwn(system, attribute);

/** Length and duration are known of closed runs only, as at the server. */
const systemValues: Readonly<Record<SystemAttribute, (execution: Execution) => ReturnType<ValueOf>>> = {
  WorkflowId: ({ ref }) => ref.workflowId,
  RunId: ({ ref }) => ref.runId,
  WorkflowType: ({ workflowType }) => workflowType,
  StartTime: ({ startedAt }) => startedAt,
  ExecutionTime: ({ executionTime }) => executionTime,
  CloseTime: ({ closedAt }) => closedAt,
  ExecutionStatus: ({ status }) => statusNames[status],
  TaskQueue: ({ taskQueue }) => taskQueue.name,
  HistoryLength: ({ closedAt, events }) => (closedAt === undefined ? undefined : events.length),
  ExecutionDuration: ({ closedAt, executionTime }) => closedAt && between(executionTime, closedAt),
  ParentWorkflowId: (execution) => describeFamily(execution).parentExecution?.workflowId,
  ParentRunId: (execution) => describeFamily(execution).parentExecution?.runId,
  RootWorkflowId: (execution) => describeFamily(execution).rootExecution?.workflowId,
  RootRunId: (execution) => describeFamily(execution).rootExecution?.runId,
};
