import { Client, credentials, type Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Disposable } from '../../simulator/base/disposable.ts';
import { createConverter } from '../../simulator/wire/convert.ts';
import { methodsOf } from '../../simulator/wire/descriptors.ts';

export type GrpcAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: number; readonly message: string; readonly metadata: Metadata };

export interface CallSettings {
  /** Real milliseconds from now; without it the call has no deadline. */
  readonly deadlineMs?: number;
  /** Gives the call up when it fires. */
  readonly abort?: AbortSignal;
}

/** A gRPC client that speaks in this project's messages, or in raw bytes. */
export class GrpcClient implements Disposable {
  readonly #client: Client;
  readonly #converter: ReturnType<typeof createConverter>;

  constructor(address: string, originMs: number) {
    this.#client = new Client(address, credentials.createInsecure(), {
      // A connection of its own, so that disposing ends it.
      'grpc.use_local_subchannel_pool': 1,
    });
    this.#converter = createConverter(originMs);
  }

  /** `method` is `temporal.api.….WorkflowService/DescribeNamespace`. */
  async call(method: string, request: unknown, settings: CallSettings = {}): Promise<GrpcAnswer> {
    const [service = '', name = ''] = method.split('/');
    const descriptor = methodsOf(service).find((candidate) => candidate.name === name);
    if (descriptor === undefined) throw new Error(`no method ${method}`);
    const bytes = Buffer.isBuffer(request) ? request : this.#converter.encode(descriptor.request, request);
    const answer = await this.#send(`/${method}`, bytes, settings);
    if (!answer.ok) return answer;
    const decoded = this.#converter.decode(descriptor.response, answer.value as Buffer);
    if (!decoded.ok) throw new Error(decoded.error);
    return decoded;
  }

  dispose(): void {
    this.#client.close();
  }

  #send(path: string, bytes: Buffer, settings: CallSettings): Promise<GrpcAnswer> {
    return new Promise((resolve) => {
      const deadline = settings.deadlineMs === undefined ? undefined : Date.now() + settings.deadlineMs;
      const cancel = (): void => {
        call.cancel();
      };
      const done = (error: ServiceError | null, value?: Buffer): void => {
        settings.abort?.removeEventListener('abort', cancel);
        if (error === null) resolve({ ok: true, value });
        else resolve({ ok: false, code: error.code, message: error.details, metadata: error.metadata });
      };
      const options = deadline === undefined ? {} : { deadline };
      const call = this.#client.makeUnaryRequest(path, same, same, bytes, options, done);
      settings.abort?.addEventListener('abort', cancel);
    });
  }
}

const same = (bytes: Buffer): Buffer => bytes;
