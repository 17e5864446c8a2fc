import { between, ms, shorter, type DurationMs } from '../../base/time.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';
import type { ContinueAsNewAttributes, ContinueAsNewInitiator } from '../../protocol/temporal/run-command.ts';
import type { Execution } from '../state.ts';
import type { Turn } from '../turn.ts';
import { withRetryDefaults } from './activity-retry.ts';
import { attributesOfRun } from './run-attributes.ts';
import { firstSet, newRunId, startedAttributes, type PlannedAttributes, type RunPlan } from './start-run.ts';

/*
 * Runs that follow another run of the same workflow: continue-as-new, and the retry of a run that failed. What was
 * attached to the old run and has not been served goes over to the new one (semantics §1.7).
 */

/** A run that follows another one; its id stands in the last event of that one. */
export type Follower = RunPlan & Required<Pick<RunPlan, 'runId'>>;

/** The run that CONTINUE_AS_NEW asks for. What the command leaves out stays as it was. */
export function followerOf(turn: Turn, execution: Execution, command: ContinueAsNewAttributes): Follower {
  const { input, header, lastCompletionResult, failure } = command;
  const { memo, searchAttributes } = carriedAttributes(execution, command);
  return plan(turn, execution, {
    backoff: command.backoffStartInterval ?? ms(0),
    initiator: command.initiator ?? 'WORKFLOW',
    ...(failure !== undefined && { failure }),
    attributes: {
      workflowType: { name: command.workflowType?.name ?? execution.workflowType },
      taskQueue: { name: command.taskQueue?.name ?? execution.taskQueue.name, kind: 'NORMAL' },
      workflowTaskTimeout: firstSet(command.workflowTaskTimeout, execution.workflowTaskTimeout),
      attempt: 1,
      ...runTimeoutOf(execution, command.workflowRunTimeout),
      ...(input !== undefined && { input }),
      ...(header !== undefined && { header }),
      ...(memo !== undefined && { memo }),
      ...(searchAttributes !== undefined && { searchAttributes }),
      ...(lastCompletionResult !== undefined && { lastCompletionResult }),
      ...(command.retryPolicy !== undefined && {
        retryPolicy: withRetryDefaults(command.retryPolicy, turn.limits),
      }),
    },
  });
}

/** Those that the command names; otherwise those that the run has now. */
function carriedAttributes(
  execution: Execution,
  command: ContinueAsNewAttributes,
): Pick<PlannedAttributes, 'memo' | 'searchAttributes'> {
  const { memo: fields, searchAttributes: indexedFields } = attributesOfRun(execution);
  const memo = command.memo ?? (Object.keys(fields).length > 0 ? { fields } : undefined);
  const searchAttributes =
    command.searchAttributes ?? (Object.keys(indexedFields).length > 0 ? { indexedFields } : undefined);
  return { ...(memo !== undefined && { memo }), ...(searchAttributes !== undefined && { searchAttributes }) };
}

/** The run that tries again what `execution` failed to do. */
export function retryOf(
  turn: Turn,
  execution: Execution,
  failed: { readonly failure: Failure; readonly backoff: DurationMs },
): Follower {
  const old = startedAttributes(execution);
  const { workflowType, taskQueue, workflowTaskTimeout, attempt } = old;
  const { input, header, memo, searchAttributes, retryPolicy, workflowRunTimeout, lastCompletionResult } =
    old;
  return plan(turn, execution, {
    ...failed,
    initiator: 'RETRY',
    attributes: {
      workflowType,
      taskQueue,
      workflowTaskTimeout,
      attempt: attempt + 1,
      ...(workflowRunTimeout !== undefined && { workflowRunTimeout }),
      ...(input !== undefined && { input }),
      ...(header !== undefined && { header }),
      ...(memo !== undefined && { memo }),
      ...(searchAttributes !== undefined && { searchAttributes }),
      ...(retryPolicy !== undefined && { retryPolicy }),
      ...(lastCompletionResult !== undefined && { lastCompletionResult }),
    },
  });
}

function plan(
  turn: Turn,
  execution: Execution,
  follows: {
    readonly attributes: PlannedAttributes;
    readonly backoff: DurationMs;
    readonly initiator: ContinueAsNewInitiator;
    readonly failure?: Failure;
  },
): Follower {
  const { namespace, workflowId, runId } = execution.ref;
  const callbacks = execution.callbacks.filter(
    ({ state, update }) => state === 'STANDBY' && update === undefined,
  );
  const backoff = slowedDown(turn, execution, follows.backoff);
  return {
    namespace,
    workflowId,
    runId: newRunId(turn),
    requestId: turn.state.random.ids.uuid(),
    attributes: {
      ...follows.attributes,
      ...inherited(execution),
      continuedExecutionRunId: runId,
      initiator: follows.initiator,
      ...(follows.failure !== undefined && { continuedFailure: follows.failure }),
      ...(backoff > 0 && { firstWorkflowTaskBackoff: backoff }),
      ...(callbacks.length > 0 && { completionCallbacks: callbacks.map(({ callback }) => callback) }),
    },
  };
}

/** What belongs to the whole chain of runs. */
function inherited(execution: Execution): Partial<PlannedAttributes> {
  const old = startedAttributes(execution);
  return {
    firstExecutionRunId: old.firstExecutionRunId,
    ...(old.workflowExecutionTimeout !== undefined && {
      workflowExecutionTimeout: old.workflowExecutionTimeout,
    }),
    ...(execution.expiresAt !== undefined && { workflowExecutionExpirationTime: execution.expiresAt }),
    ...(old.parentWorkflowNamespace !== undefined && {
      parentWorkflowNamespace: old.parentWorkflowNamespace,
    }),
    ...(old.parentWorkflowNamespaceId !== undefined && {
      parentWorkflowNamespaceId: old.parentWorkflowNamespaceId,
    }),
    ...(old.parentWorkflowExecution !== undefined && {
      parentWorkflowExecution: old.parentWorkflowExecution,
    }),
    ...(old.parentInitiatedEventId !== undefined && { parentInitiatedEventId: old.parentInitiatedEventId }),
    ...(old.rootWorkflowExecution !== undefined && { rootWorkflowExecution: old.rootWorkflowExecution }),
  };
}

function runTimeoutOf(
  execution: Execution,
  asked: DurationMs | undefined,
): Pick<PlannedAttributes, 'workflowRunTimeout'> {
  const { workflowExecutionTimeout: whole } = startedAttributes(execution);
  const timeout = firstSet(asked, execution.runTimeout);
  if (timeout <= 0) return {};
  return { workflowRunTimeout: whole !== undefined && whole > 0 ? shorter(timeout, whole) : timeout };
}

/** Runs that follow one another at once would spin; the server lets at least a second lie between their starts. */
function slowedDown(turn: Turn, execution: Execution, backoff: DurationMs): DurationMs {
  const lived = between(execution.executionTime, turn.now);
  const { continueAsNewMinInterval: min } = turn.limits;
  return lived + backoff < min ? ms(min - lived) : backoff;
}
