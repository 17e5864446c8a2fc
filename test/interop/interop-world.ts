// The bundled simulator and the applications, which know nothing of it but its address.
import { Client, Connection } from '@temporalio/client';
import { google, temporal } from '@temporalio/proto';
import { ControlClient } from '../harness/control-client.ts';
import { Program } from '../harness/program.ts';
import { SimulatorProcess } from '../harness/simulator-process.ts';
import { untilSome } from '../harness/until.ts';
import type { Application, Language } from './languages.ts';
import { callers, desks } from './typescript/contract.ts';

const { TaskQueueType } = temporal.api.enums.v1;

/** An endpoint whose task queue nobody serves. */
export const deserted = 'deserted';
export const endpointOf = (language: Language): string => `${language}-desk`;

export type ReadyApplication = Extract<Application, { readonly kind: 'ready' }>;

export class InteropWorld {
  readonly control: ControlClient;
  readonly callers: Client;
  readonly desks: Client;
  readonly #connection: Connection;
  readonly #simulator: SimulatorProcess;
  #applications: readonly { readonly language: Language; readonly program: Program }[] = [];

  private constructor(simulator: SimulatorProcess, connection: Connection, control: ControlClient) {
    this.#simulator = simulator;
    this.#connection = connection;
    this.control = control;
    this.callers = new Client({ connection, namespace: callers });
    this.desks = new Client({ connection, namespace: desks });
  }

  /** Settles when all applications wait for work. Rejects with what one printed that ended instead. */
  static async open(time: 'skip' | 'real', applications: readonly ReadyApplication[]): Promise<InteropWorld> {
    const ports = ['--port', '0', '--http-port', '0'];
    const simulator = new SimulatorProcess('start', ...ports, '--announce', 'json', '--time', time);
    const [line] = await simulator.until('stdout', /^.*\n/);
    const { grpc, control } = JSON.parse(line) as {
      readonly grpc: string;
      readonly control: { readonly url: string; readonly token: string };
    };
    const connection = await Connection.connect({ address: grpc });
    const world = new InteropWorld(
      simulator,
      connection,
      await ControlClient.connect(control.url, control.token),
    );
    try {
      await world.#furnish(applications);
      await world.#work(grpc, applications);
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** Answers how each process ended: its language, or `simulator`, and the exit code. */
  async close(): Promise<readonly (readonly [name: string, code: number | null])[]> {
    await this.#connection.close();
    this.control.dispose();
    for (const { program } of this.#applications) program.child.stdin.end();
    const ends: (readonly [string, number | null])[] = [];
    for (const { language, program } of this.#applications) ends.push([language, await program.ended]);
    this.#simulator.child.stdin.end();
    return [...ends, ['simulator', await this.#simulator.ended]];
  }

  async #furnish(applications: readonly ReadyApplication[]): Promise<void> {
    const { workflowService, operatorService } = this.#connection;
    for (const namespace of [callers, desks]) {
      const workflowExecutionRetentionPeriod = google.protobuf.Duration.fromObject({ seconds: 86_400 });
      await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    }
    const taskQueues = new Map<string, string>([[deserted, deserted]]);
    for (const { language } of applications) taskQueues.set(endpointOf(language), language);
    for (const [name, taskQueue] of taskQueues) {
      const target = { worker: { namespace: desks, taskQueue } };
      await operatorService.createNexusEndpoint({ spec: { name, target } });
    }
    const changes = { standaloneOperations: true, updateCallbacks: true };
    await this.control.request('limits/set', { changes });
  }

  async #work(address: string, applications: readonly ReadyApplication[]): Promise<void> {
    this.#applications = applications.map(({ language, launch }) => {
      const argv = [...launch.argv, '--address', address];
      return { language, program: new Program({ ...launch, argv }) };
    });
    await Promise.all(this.#applications.map(({ program }) => program.until('stdout', /^ready$/m)));
    for (const { language } of applications) {
      for (const [namespace, type] of pollers) await this.#untilPolled(language, namespace, type);
    }
  }

  /** Without a poller there nobody would hold the clock. */
  async #untilPolled(
    name: string,
    namespace: string,
    taskQueueType: temporal.api.enums.v1.TaskQueueType,
  ): Promise<void> {
    const { workflowService } = this.#connection;
    await untilSome(async () => {
      const taskQueue = { name };
      return (await workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType })).pollers;
    });
  }
}

/** What each application polls for. */
const pollers = [
  [callers, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW],
  [callers, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY],
  [desks, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW],
  [desks, TaskQueueType.TASK_QUEUE_TYPE_NEXUS],
] as const;
