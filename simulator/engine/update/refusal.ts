import type { ServiceError, StatusCode } from '../../protocol/temporal/port.ts';
import { refuse } from '../turn.ts';

/* How a start with an update is refused: with a status for each of the two. */

/** `google.rpc.Code` */
const codes: Readonly<Record<StatusCode, number>> = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
};

/** What became of one of the two: it was refused, it was done (true), or it was left because of the other (false). */
export type OperationEnd = ServiceError | boolean;

export function multiOperationRefusal(
  ends: readonly [OperationEnd, OperationEnd],
): ReturnType<typeof refuse> {
  const first = ends.find((end) => typeof end === 'object');
  return refuse(first?.code ?? 'ABORTED', 'Update-with-Start could not be executed.', {
    type: 'MultiOperationExecutionFailure',
    value: { statuses: ends.map(statusOf) },
  });
}

function statusOf(end: OperationEnd): Readonly<Record<string, unknown>> {
  if (end === true) return {};
  if (end === false) {
    const aborted = { type: 'temporal.api.failure.v1.MultiOperationExecutionAborted', message: {} };
    return { code: codes.ABORTED, message: 'Operation was aborted.', details: [aborted] };
  }
  const { code, message, detail } = end;
  const type = `temporal.api.errordetails.v1.${detail?.type ?? ''}`;
  const details = detail === undefined ? [] : [{ type, message: detail.value }];
  return { code: codes[code], message, details };
}
