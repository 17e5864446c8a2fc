import { status, type handleUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import type { Buffer } from 'node:buffer';
import type { Converter } from '../../wire/convert.ts';
import { methodsOf } from '../../wire/descriptors.ts';
import { serviceNames } from '../../wire/services.ts';
import { rawMethod, type ServedService } from './service-definition.ts';

export const healthServiceName = 'grpc.health.v1.Health';
const request = 'grpc.health.v1.HealthCheckRequest';
const response = 'grpc.health.v1.HealthCheckResponse';

/** gRPC's standard health service: whoever can ask is served. The empty name stands for the whole server. */
export function healthService(converter: Converter): ServedService {
  const known = new Set<string>(['', healthServiceName, ...Object.values(serviceNames)]);
  const health = (bytes: Buffer): Health => {
    const decoded = converter.decode(request, bytes);
    if (!decoded.ok) return { kind: 'malformed', message: decoded.error };
    const { service: name = '' } = decoded.value as { service?: string };
    return known.has(name) ? { kind: 'serving' } : { kind: 'unknown', name };
  };
  const check: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const found = health(call.request);
    switch (found.kind) {
      case 'serving':
        callback(null, converter.encode(response, { status: 'SERVING' }));
        return;
      case 'unknown':
        callback({ code: status.NOT_FOUND, details: `No service "${found.name}" is served here.` });
        return;
      case 'malformed':
        callback({ code: status.INVALID_ARGUMENT, details: found.message });
        return;
    }
  };
  const watch = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const found = health(call.request);
    if (found.kind === 'malformed') {
      call.emit('error', { code: status.INVALID_ARGUMENT, details: found.message });
      return;
    }
    // The stream stays open, as the health protocol asks: a change would follow.
    call.write(
      converter.encode(response, { status: found.kind === 'serving' ? 'SERVING' : 'SERVICE_UNKNOWN' }),
    );
  };
  const definition = Object.fromEntries(
    methodsOf(healthServiceName).map((method) => [method.name, rawMethod(healthServiceName, method)]),
  );
  return { definition, implementation: { Check: check, Watch: watch } };
}

type Health =
  | { readonly kind: 'serving' }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'malformed'; readonly message: string };
