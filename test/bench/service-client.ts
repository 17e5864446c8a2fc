import { setTimeout as pause } from 'node:timers/promises';
import { days } from '../../simulator/base/time.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../../simulator/protocol/temporal/methods.ts';
import { GrpcClient } from '../harness/grpc-client.ts';

/** Longer than a server keeps a poll that finds nothing. */
const DEADLINE = 90_000;
/** Real milliseconds between two tries while a namespace is not known everywhere yet. */
const TRY_AGAIN_AFTER = 100;
const TRIES = 300;
/** Both servers let a hundred calls a second through to one endpoint; who calls more takes these in turn. */
const ENDPOINTS = Array.from({ length: 64 }, (_, index) => `bench-endpoint-${index}`);

type Answer<M extends TemporalMethod> =
  { readonly ok: true; readonly value: ResponseOf<M> } | { readonly ok: false; readonly message: string };

/** Temporal's API by method, on a connection of its own. */
export class ServiceClient {
  readonly #client: GrpcClient;
  readonly #ending: AbortSignal;

  constructor(address: string, ending: AbortSignal) {
    this.#client = new GrpcClient(address, 0);
    this.#ending = ending;
    ending.addEventListener('abort', () => {
      this.#client.dispose();
    });
  }

  async ask<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<Answer<M>> {
    const service = method.endsWith('Endpoint') ? 'operatorservice' : 'workflowservice';
    const serviceName = method.endsWith('Endpoint') ? 'OperatorService' : 'WorkflowService';
    const name = method.charAt(0).toUpperCase() + method.slice(1);
    const answer = await this.#client.call(`temporal.api.${service}.v1.${serviceName}/${name}`, request, {
      abort: this.#ending,
      deadlineMs: DEADLINE,
    });
    return answer.ok ? { ok: true, value: answer.value as ResponseOf<M> } : answer;
  }

  /** @throws Error when the server refuses. */
  async must<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<ResponseOf<M>> {
    const answer = await this.ask(method, request);
    if (!answer.ok) throw new Error(`${method}: ${answer.message}`);
    return answer.value;
  }

  async registerNamespace(namespace: string): Promise<void> {
    await this.must('registerNamespace', { namespace, workflowExecutionRetentionPeriod: days(1) });
    await this.#eventually('describeTaskQueue', { namespace, taskQueue: { name: 'any' } });
  }

  /** Several endpoints for one task queue, by name. */
  async registerEndpoints(worker: { namespace: string; taskQueue: string }): Promise<readonly string[]> {
    for (const name of ENDPOINTS) {
      await this.#eventually('createNexusEndpoint', { spec: { name, target: { worker } } });
    }
    return ENDPOINTS;
  }

  async #eventually<M extends TemporalMethod>(method: M, request: RequestOf<M>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(method, request);
      if (answer.ok) return;
      if (tries === TRIES) throw new Error(`${method}: ${answer.message}`);
      await pause(TRY_AGAIN_AFTER);
    }
  }
}
