import { byteLength, utf8Length, type Base64 } from '../../base/base64.ts';
import { ID_LENGTH_MAX } from '../../protocol/ids.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Payload } from '../../protocol/temporal/common.ts';
import type { StartNexusOperationExecutionRequest } from '../../protocol/temporal/nexus-operation-methods.ts';
import { headerFault } from '../nexus/header-rule.ts';
import { idProblem, lengthProblem } from './lookup.ts';

/** What is wrong with a request to start, told as the server tells it; in its order (semantics §11.1). */
export const startProblem = (
  request: StartNexusOperationExecutionRequest,
  limits: Limits,
): string | undefined =>
  lengthProblem('request_id', request.requestId, ID_LENGTH_MAX) ??
  idProblem('operation_id', request.operationId ?? '') ??
  lengthProblem('identity', request.identity, ID_LENGTH_MAX) ??
  targetProblem(request, limits) ??
  timeoutProblem(request) ??
  sizeProblem('input', request.input, limits.payloadBytesMax) ??
  metadataProblem(request, limits) ??
  headerProblem(request, limits);

function targetProblem(
  { endpoint = '', service = '', operation = '' }: StartNexusOperationExecutionRequest,
  limits: Limits,
): string | undefined {
  if (endpoint === '') return 'endpoint is required';
  if (service === '') return 'service is required';
  const problem = lengthProblem('service', service, limits.serviceNameBytesMax);
  if (problem !== undefined) return problem;
  if (operation === '') return 'operation is required';
  return lengthProblem('operation', operation, limits.operationNameBytesMax);
}

function timeoutProblem(request: StartNexusOperationExecutionRequest): string | undefined {
  const timeouts = [
    ['schedule_to_close_timeout', request.scheduleToCloseTimeout],
    ['schedule_to_start_timeout', request.scheduleToStartTimeout],
    ['start_to_close_timeout', request.startToCloseTimeout],
  ] as const;
  const negative = timeouts.find(([, timeout]) => timeout !== undefined && timeout < 0);
  return negative && `${negative[0]} is invalid: negative duration`;
}

const metadataProblem = (
  { userMetadata: { summary, details } = {} }: StartNexusOperationExecutionRequest,
  limits: Limits,
): string | undefined =>
  sizeProblem('user_metadata.summary', summary, limits.userMetadataSummaryBytesMax) ??
  sizeProblem('user_metadata.details', details, limits.userMetadataDetailsBytesMax);

function sizeProblem(field: string, payload: Payload | undefined, limit: number): string | undefined {
  const size = payload === undefined ? 0 : sizeOf(payload);
  return size > limit ? `${field} exceeds size limit. Length=${size} Limit=${limit}` : undefined;
}

function sizeOf({ metadata = {}, data = '' as Base64 }: Payload): number {
  let bytes = byteLength(data);
  for (const [key, value] of Object.entries(metadata)) bytes += utf8Length(key) + byteLength(value);
  return bytes;
}

function headerProblem(
  { nexusHeader = {} }: StartNexusOperationExecutionRequest,
  limits: Limits,
): string | undefined {
  const fault = headerFault(nexusHeader, limits);
  if (fault === undefined) return undefined;
  return fault === 'too-large'
    ? 'nexus_header exceeds size limit'
    : `nexus_header contains a disallowed key: "${fault.disallowed}"`;
}
