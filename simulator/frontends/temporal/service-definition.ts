import {
  status,
  type handleUnaryCall,
  type MethodDefinition,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Buffer } from 'node:buffer';
import { temporalMethods, type TemporalMethod } from '../../protocol/temporal/methods.ts';
import { methodKey, methodsOf, type MethodDescriptor } from '../../wire/descriptors.ts';
import { serviceNames, type ServiceName } from '../../wire/services.ts';
import { unaryHandler, type HandlerContext } from './unary-handler.ts';

/** A service as the gRPC library wants it. */
export interface ServedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** Every method of a service: those of the port are asked of the port, the others are refused by name. */
export function temporalService(service: ServiceName, context: HandlerContext): ServedService {
  const fullName = serviceNames[service];
  const definition: Record<string, MethodDefinition<Buffer, Buffer>> = {};
  const implementation: Record<string, handleUnaryCall<Buffer, Buffer>> = {};
  for (const method of methodsOf(fullName)) {
    const key = methodKey(method.name);
    definition[method.name] = rawMethod(fullName, method);
    implementation[method.name] =
      isServed(key) && temporalMethods[key] === service
        ? unaryHandler(key, method, context)
        : refuse(service, method.name);
  }
  return { definition, implementation };
}

/** Bytes pass as they are: what cannot be read is then this program's to explain, not the library's. */
export function rawMethod(service: string, method: MethodDescriptor): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path: `/${service}/${method.name}`,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

const isServed = (key: string): key is TemporalMethod => Object.hasOwn(temporalMethods, key);

const refuse =
  (service: string, method: string): handleUnaryCall<Buffer, Buffer> =>
  (_, callback) => {
    callback({
      code: status.UNIMPLEMENTED,
      details: `${service}.${method} is not part of this simulator, which serves what Nexus needs. Use a Temporal server for it.`,
    });
  };
