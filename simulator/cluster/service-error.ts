import { status, type ServiceError as GrpcError } from '@grpc/grpc-js';
import type { AnyMessage } from '../protocol/temporal/common.ts';
import type { ServiceError, StatusCode } from '../protocol/temporal/port.ts';
import type { Converter } from '../wire/convert.ts';

/** A refusal that arrived over gRPC, with the first of its details. */
export function serviceError(error: GrpcError, converter: Converter): ServiceError {
  const detail = detailOf(error, converter);
  const message = error.details === '' ? error.message : error.details;
  return { code: codeOf(error.code), message, ...(detail !== undefined && { detail }) };
}

/** The nearest code of the port for those that it does not know. */
const nearest: Readonly<Record<number, StatusCode>> = {
  [status.UNAUTHENTICATED]: 'PERMISSION_DENIED',
  [status.ABORTED]: 'UNAVAILABLE',
  [status.OUT_OF_RANGE]: 'INVALID_ARGUMENT',
  [status.UNKNOWN]: 'INTERNAL',
  [status.DATA_LOSS]: 'INTERNAL',
};

const codeOf = (code: status): StatusCode => nearest[code] ?? (status[code] as StatusCode);

const detailPrefix = 'temporal.api.errordetails.v1.';

function detailOf({ metadata }: GrpcError, converter: Converter): ServiceError['detail'] {
  const [trailer] = metadata.get('grpc-status-details-bin');
  if (trailer === undefined || typeof trailer === 'string') return undefined;
  const whole = converter.decode('google.rpc.Status', trailer);
  if (!whole.ok) return undefined;
  const { details = [] } = whole.value as { readonly details?: readonly Detail[] };
  const { type, message = {} } = details.find((detail) => detail.type?.startsWith(detailPrefix)) ?? {};
  return type === undefined ? undefined : { type: type.slice(detailPrefix.length), value: message };
}

/** What the definitions do not know has neither. */
type Detail = Partial<AnyMessage<string, Readonly<Record<string, unknown>>>>;
