// A world with real SDK parts: the engine, its gRPC frontend, and workers and a client that know an address only.
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { ServiceHandler } from 'nexus-rpc';
import type { greetingService } from '../../examples/hello/api.ts';
import { createDriver, type Driver } from '../../simulator/driver/driver.ts';
import { startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import type { Limits } from '../../simulator/protocol/limits.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../../simulator/protocol/temporal/methods.ts';
import type { EventType, HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import { GrpcClient } from './grpc-client.ts';

const originMs = Date.UTC(2030, 0, 1);

const namespaces = ['storefront', 'greetings'] as const;

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';

type GreetingOperations = (typeof greetingService)['operations'];

export interface WorkflowCode {
  readonly code: string;
}

/** Bundles the test's workflows; once for all tests of a file. */
export function bundleTestWorkflows(): Promise<WorkflowCode> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../protocol/sdk-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
}

/** Keeps the SDK quiet and lets it leave the signals of the process alone. Once for all tests of a file. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
}

/** The namespaces and the endpoint of the example, served by real workers. */
export class SdkWorld {
  readonly driver: Driver;
  readonly address: string;
  readonly grpc: GrpcClient;
  readonly endpointId: string;
  readonly #connection: NativeConnection;
  readonly #clientConnection: Connection;
  #workers: readonly { readonly worker: Worker; readonly running: Promise<void> }[] = [];
  readonly #close: () => void;

  private constructor(parts: {
    driver: Driver;
    address: string;
    endpointId: string;
    connection: NativeConnection;
    clientConnection: Connection;
    close: () => void;
  }) {
    this.driver = parts.driver;
    this.address = parts.address;
    this.endpointId = parts.endpointId;
    this.grpc = new GrpcClient(parts.address, originMs);
    this.#connection = parts.connection;
    this.#clientConnection = parts.clientConnection;
    this.#close = parts.close;
  }

  /** Failures of the simulator itself are thrown on closing. */
  static async open(limits: Partial<Limits> = {}): Promise<SdkWorld> {
    const driver = createDriver({ seed: 1, profile: 'server', limits, originMs, clock: { mode: 'run' } });
    const failures: unknown[] = [];
    const server = await startTemporalServer({
      port: driver.remote,
      originMs,
      onWorkerGone: (identity) => driver.instruct({ kind: 'worker-gone', identity }),
      onFailure: (method, problem) => failures.push(new Error(method, { cause: problem })),
    });
    if (!server.ok) throw new Error(server.error);
    for (const namespace of namespaces) {
      await mustDo(driver, 'registerNamespace', { namespace });
    }
    const { endpoint } = await mustDo(driver, 'createNexusEndpoint', {
      spec: {
        name: 'greetings-endpoint',
        target: { worker: { namespace: 'greetings', taskQueue: 'greetings' } },
      },
    });
    const { address } = server.value;
    return new SdkWorld({
      driver,
      address,
      endpointId: endpoint.id,
      connection: await NativeConnection.connect({ address }),
      clientConnection: await Connection.connect({ address }),
      close: () => {
        server.value.dispose();
        driver.dispose();
        if (failures.length > 0) throw new AggregateError(failures, 'The simulator failed');
      },
    });
  }

  client(namespace: string): Client {
    return new Client({ connection: this.#clientConnection, namespace });
  }

  /** Starts a worker on the task queue that is called like its namespace. */
  async work(
    namespace: string,
    workflowBundle: WorkflowCode,
    nexusServices: readonly ServiceHandler<GreetingOperations>[] = [],
    more: Pick<WorkerOptions, 'activities' | 'identity' | 'maxCachedWorkflows'> = {},
  ): Promise<void> {
    const worker = await Worker.create({
      connection: this.#connection,
      namespace,
      taskQueue: namespace,
      workflowBundle,
      // The SDK's own type for services is one of unknown operations.
      nexusServices: nexusServices as unknown as ServiceHandler[],
      ...more,
    });
    this.#workers = [...this.#workers, { worker, running: worker.run() }];
  }

  /** Shuts the workers of a namespace down, as a deployment does. */
  async stopWork(namespace: string): Promise<void> {
    const stopping = this.#workers.filter(({ worker }) => worker.options.namespace === namespace);
    this.#workers = this.#workers.filter((entry) => !stopping.includes(entry));
    for (const { worker } of stopping) worker.shutdown();
    await Promise.all(stopping.map(({ running }) => running));
  }

  /** The whole history of the current run of a workflow, over gRPC. */
  async history(namespace: string, workflowId: string): Promise<readonly HistoryEvent[]> {
    return (await this.#historyPage({ namespace, execution: { workflowId } })).history.events ?? [];
  }

  /** The history of a workflow as soon as it has an event of this type. */
  async until(namespace: string, workflowId: string, eventType: EventType): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextPageToken: string | undefined;
    while (!events.some((event) => event.eventType === eventType)) {
      const page = await this.#historyPage({
        namespace,
        execution: { workflowId },
        waitNewEvent: true,
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      events.push(...(page.history.events ?? []));
      ({ nextPageToken } = page);
      if (nextPageToken === undefined) break;
    }
    return events;
  }

  async close(): Promise<void> {
    for (const namespace of namespaces) await this.stopWork(namespace);
    await this.#connection.close();
    await this.#clientConnection.close();
    this.grpc.dispose();
    this.#close();
  }

  async #historyPage(
    request: RequestOf<'getWorkflowExecutionHistory'>,
  ): Promise<ResponseOf<'getWorkflowExecutionHistory'>> {
    const answer = await this.grpc.call(`${workflowService}/GetWorkflowExecutionHistory`, request, {
      deadlineMs: 10_000,
    });
    if (!answer.ok) throw new Error(answer.message);
    return answer.value as ResponseOf<'getWorkflowExecutionHistory'>;
  }
}

async function mustDo<M extends TemporalMethod>(
  driver: Driver,
  method: M,
  request: RequestOf<M>,
): Promise<ResponseOf<M>> {
  const reply = await driver.call(method, request);
  if (!reply.ok) throw new Error(`${method}: ${reply.error.message}`);
  return reply.value;
}
