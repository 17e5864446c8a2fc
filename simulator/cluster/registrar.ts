import { err, ok } from '../base/result.ts';
import { days } from '../base/time.ts';
import type { EndpointSpec, EndpointTarget, NexusEndpoint } from '../protocol/temporal/nexus.ts';
import type { ResponseOf } from '../protocol/temporal/methods.ts';
import type { Reply, ServiceError, TemporalPort } from '../protocol/temporal/port.ts';
import { intercept } from './intercept.ts';
import { pause } from './pause.ts';

/** How long the closed workflows of a namespace made here are kept. */
const RETENTION = days(1);

/** Real milliseconds. */
const times = {
  /** The parts of a server hear of a namespace one after the other. */
  namespaceMax: 20_000,
  namespaceAgain: 100,
  /** And of an endpoint at most this much later. */
  endpointSpread: 2_000,
} as const;

/**
 * Makes what a world needs on a server where others may live too, remembers what it has made, and takes it back.
 * What is there already stays: a namespace is used as it is, an endpoint only when it leads to the same place.
 */
export class Registrar {
  readonly #port: TemporalPort;
  readonly #force: boolean;
  readonly #namespaces = new Set<string>();
  readonly #made: string[] = [];
  readonly #endpoints = new Map<
    string,
    { readonly endpoint: NexusEndpoint; readonly former?: EndpointSpec }
  >();
  #isNew = false;

  constructor(port: TemporalPort, force: boolean) {
    this.#port = port;
    this.#force = force;
  }

  /** A port on which registrations come here. */
  over(port: TemporalPort): TemporalPort {
    return intercept(port, {
      registerNamespace: ({ namespace = '' }) => this.#namespace(namespace),
      createNexusEndpoint: ({ spec = {} }) => this.#endpoint(spec),
    });
  }

  /** The port on which the registrar itself works, for what is made before a world begins. */
  get port(): TemporalPort {
    return this.over(this.#port);
  }

  /** Settles when all parts of the server know of what was made. */
  async spread(): Promise<void> {
    if (this.#isNew) await pause(times.endpointSpread);
  }

  /** Takes back what was made, and gives back what was changed; what could not be, one sentence each. */
  async takeBack(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [name, { endpoint, former }] of this.#endpoints) {
      const { id, version } = endpoint;
      const reply =
        former === undefined
          ? await this.#port.call('deleteNexusEndpoint', { id, version })
          : await this.#port.call('updateNexusEndpoint', { id, version, spec: former });
      if (!reply.ok) left.push(`The endpoint "${name}" is left as it is: ${reply.error.message}`);
    }
    for (const namespace of this.#made) {
      const reply = await this.#port.call('deleteNamespace', { namespace });
      if (!reply.ok) left.push(`The namespace "${namespace}" is left behind: ${reply.error.message}`);
    }
    return left;
  }

  async #namespace(namespace: string): Promise<Reply<'registerNamespace'>> {
    if (this.#namespaces.has(namespace)) return ok({});
    const found = await this.#port.call('describeNamespace', { namespace });
    if (!found.ok) {
      const workflowExecutionRetentionPeriod = RETENTION;
      const made = await this.#port.call('registerNamespace', {
        namespace,
        workflowExecutionRetentionPeriod,
      });
      if (!made.ok) return made;
      this.#made.push(namespace);
      const refusal = await this.#untilUsable(namespace);
      if (refusal !== undefined) return err(refusal);
    }
    this.#namespaces.add(namespace);
    return ok({});
  }

  /** A namespace is usable when its server says of a workflow, and not of the namespace, that it is not there. */
  async #untilUsable(namespace: string): Promise<ServiceError | undefined> {
    const execution = { workflowId: 'nexus-sim-asks' };
    for (let waited = 0; ; waited += times.namespaceAgain) {
      const reply = await this.#port.call('describeWorkflowExecution', { namespace, execution });
      const isKnown = reply.ok || (reply.error.code === 'NOT_FOUND' && !isAboutNamespace(reply.error));
      if (isKnown) return undefined;
      if (waited >= times.namespaceMax) return reply.error;
      await pause(times.namespaceAgain);
    }
  }

  async #endpoint(spec: EndpointSpec): Promise<Reply<'createNexusEndpoint'>> {
    const { name = '', target = {} } = spec;
    const known = this.#endpoints.get(name);
    if (known !== undefined) return ok({ endpoint: known.endpoint });
    const listed = await this.#port.call('listNexusEndpoints', { name });
    if (!listed.ok) return listed;
    // An empty list is left out on the wire.
    const { endpoints = [] } = listed.value as Partial<ResponseOf<'listNexusEndpoints'>>;
    const [present] = endpoints;
    if (present === undefined) {
      const made = await this.#port.call('createNexusEndpoint', { spec });
      if (made.ok) this.#keep(name, { endpoint: made.value.endpoint });
      return made;
    }
    const former = present.spec;
    if (isSameTarget(former.target, target)) return ok({ endpoint: present });
    if (!this.#force) return err(foreign(former.target));
    const { id, version } = present;
    const updated = await this.#port.call('updateNexusEndpoint', { id, version, spec });
    if (updated.ok) this.#keep(name, { endpoint: updated.value.endpoint, former });
    return updated;
  }

  #keep(name: string, made: { readonly endpoint: NexusEndpoint; readonly former?: EndpointSpec }): void {
    this.#endpoints.set(name, made);
    this.#isNew = true;
  }
}

const isAboutNamespace = ({ detail }: ServiceError): boolean => detail?.type === 'NamespaceNotFoundFailure';

const isSameTarget = (a: EndpointTarget = {}, b: EndpointTarget = {}): boolean => placeOf(a) === placeOf(b);

const placeOf = ({ worker, external }: EndpointTarget): string =>
  worker === undefined ? (external?.url ?? 'nowhere') : `${worker.namespace ?? ''}/${worker.taskQueue ?? ''}`;

const foreign = (target: EndpointTarget = {}): ServiceError => ({
  code: 'ALREADY_EXISTS',
  message: `it is there already and leads to ${placeOf(target)}; --force lets it lead here for the time of the run.`,
});
