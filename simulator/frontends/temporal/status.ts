import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { Buffer } from 'node:buffer';
import type { ServiceError } from '../../protocol/temporal/port.ts';
import type { Converter } from '../../wire/convert.ts';

/**
 * A refusal as gRPC carries it. Its detail travels in the trailer `grpc-status-details-bin`, where SDKs look
 * to tell apart refusals that share a code, such as a missing namespace and a missing workflow.
 */
export function toStatus(error: ServiceError, converter: Converter): StatusObject {
  const code = status[error.code];
  const metadata = new Metadata();
  if (error.detail !== undefined) {
    const type = `temporal.api.errordetails.v1.${error.detail.type}`;
    const details = [{ type, message: error.detail.value }];
    const whole = converter.encode('google.rpc.Status', { code, message: error.message, details });
    metadata.set('grpc-status-details-bin', Buffer.from(whole));
  }
  return { code, details: error.message, metadata };
}
