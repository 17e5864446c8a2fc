import type { Failure } from '../protocol/temporal/failure.ts';
import type { Json } from './json.ts';
import type { CallStep, RequestStep } from './step.ts';

/** What happened, without the wrapping of the step that it happened to. */
export interface FailureText {
  readonly kind: 'canceled' | 'timed-out' | 'failed';
  readonly type: string | null;
  readonly message: string | null;
}

/** What scripts know as `failure`, and expectations speak of. */
export function describeFailure(failure: Failure): FailureText & Json {
  const inner = innermost(failure);
  const { applicationFailureInfo, nexusHandlerFailureInfo, timeoutFailureInfo } = inner;
  const type =
    applicationFailureInfo?.type ?? nexusHandlerFailureInfo?.type ?? timeoutFailureInfo?.timeoutType;
  return { kind: kindOf(inner), type: type ?? null, message: inner.message ?? null };
}

/** As SDKs tell whether a failure is the answer to a cancellation. */
export const isCancellation = (failure: Failure): boolean =>
  innermost(failure).canceledFailureInfo !== undefined;

/** A call that was cancelled, seen from the workflow that made it (semantics §3.6). */
export const canceledCall = (
  { call }: CallStep,
  scheduledEventId: number | undefined,
  cause: Failure = { message: 'operation canceled', canceledFailureInfo: {} },
): Failure => ({
  message: 'nexus operation completed unsuccessfully',
  nexusOperationExecutionFailureInfo: {
    ...(scheduledEventId !== undefined && { scheduledEventId }),
    endpoint: call.endpoint.value,
    service: call.service,
    operation: call.operation,
  },
  cause,
});

/** An activity that did not succeed, as SDKs wrap it. */
export const activityFailure = (
  info: NonNullable<Failure['activityFailureInfo']>,
  cause: Failure,
): Failure => ({ message: 'activity failed', activityFailureInfo: info, cause });

/** A child that did not succeed, as SDKs wrap it. */
export const childFailure = (
  info: NonNullable<Failure['childWorkflowExecutionFailureInfo']>,
  cause: Failure,
): Failure => ({ message: 'child workflow failed', childWorkflowExecutionFailureInfo: info, cause });

/** A step that was cancelled, seen from the workflow; `eventId` is that of the event that asked for it, if one did. */
export function canceledStep(step: RequestStep, eventId: number | undefined): Failure {
  if (step.kind === 'call') return canceledCall(step, eventId);
  const cause: Failure = { message: `${step.kind} canceled`, canceledFailureInfo: {} };
  if (step.kind === 'signal') return cause;
  return step.kind === 'child'
    ? childFailure(
        {
          workflowType: { name: step.child.value },
          ...(eventId !== undefined && { initiatedEventId: eventId }),
        },
        cause,
      )
    : activityFailure(
        {
          activityType: { name: step.activity.value },
          ...(eventId !== undefined && { scheduledEventId: eventId }),
        },
        cause,
      );
}

/** What a timer or a wait fails with when its workflow is cancelled. */
export const canceledWait: Failure = { message: 'canceled', canceledFailureInfo: {} };

/** A value that a step cannot use: it is too large, or an id that is empty. */
export const invalidValue = (message: string): Failure => ({
  message,
  applicationFailureInfo: { type: 'InvalidValue', nonRetryable: true },
});

function innermost(failure: Failure): Failure {
  let inner = failure;
  while (isWrapping(inner) && inner.cause !== undefined) inner = inner.cause;
  return inner;
}

const isWrapping = (failure: Failure): boolean =>
  failure.nexusOperationExecutionFailureInfo !== undefined ||
  failure.activityFailureInfo !== undefined ||
  failure.childWorkflowExecutionFailureInfo !== undefined;

function kindOf(failure: Failure): FailureText['kind'] {
  if (failure.canceledFailureInfo !== undefined) return 'canceled';
  return failure.timeoutFailureInfo === undefined ? 'failed' : 'timed-out';
}
