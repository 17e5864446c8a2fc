import { CancellationSource } from '../base/cancellation.ts';
import type { Disposable } from '../base/disposable.ts';
import { formatDuration, ms, type Instant } from '../base/time.ts';
import type { Verdict } from '../protocol/contract.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { Span } from '../protocol/span.ts';
import type { EndpointSpec } from '../protocol/temporal/nexus.ts';
import { jsonPayload } from '../protocol/temporal/payload.ts';
import type { Sleeper, TemporalPort } from '../protocol/temporal/port.ts';
import { faultRules, startAll } from './course.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './expectations.ts';
import type { ParsedWorld } from './parse.ts';
import type { ParticipantContext } from './participant.ts';
import { startParticipants } from './participants.ts';
import { untilClosed } from './read-history.ts';
import type { BreakerState, Endpoint, World } from './world.ts';

/** Where a world runs: Temporal's API, a clock, and what only a simulation can do. */
export interface WorldHost extends TemporalPort, Sleeper {
  injectFaults(rules: readonly FaultRule[]): void;
  /** Lets only these namespaces call an endpoint; a host that cannot leaves it open to all. */
  allowCallers?(endpoint: string, namespaces: readonly string[]): void;
  /** The states a circuit breaker went through after `closed`, in order. */
  breakerStates?(caller: string, endpoint: string): readonly BreakerState[];
  /** `horizon`: the clock has run as far as it may, and something is still open. */
  whenSettled(): Promise<'idle' | 'horizon'>;
  spans(): readonly Span[];
}

/** A world that was set up; disposing it ends its participants. */
export interface WorldRun extends Disposable {
  /** Settles when nothing happens any more: what held of what the file expects. */
  readonly verdict: Promise<Verdict>;
  /** Refusals that participants met, one sentence each, in order; each is told once. */
  readonly troubles: readonly string[];
}

/** A world and its files, which tell the lines of its expectations. */
export type WorldSource = Pick<ParsedWorld, 'value' | 'sources'>;

/** Most troubles that are told; a task that is refused is tried again, perhaps for ever. */
const TROUBLES_MAX = 100;

/**
 * Sets a world up on a host: namespaces, endpoints, faults, participants, and then the workflows that start.
 * What the host refuses becomes a trouble, and an expectation that does not hold.
 */
export function runWorld(source: WorldSource, host: WorldHost): WorldRun {
  const cancellation = new CancellationSource();
  const troubles: string[] = [];
  const context: ParticipantContext = {
    port: host,
    sleeper: host,
    signal: cancellation.signal,
    onTrouble: (message) => {
      if (!troubles.includes(message) && troubles.length < TROUBLES_MAX) troubles.push(message);
    },
  };
  return {
    troubles,
    verdict: play(source, host, context),
    dispose: () => {
      cancellation.cancel();
    },
  };
}

async function play(source: WorldSource, host: WorldHost, context: ParticipantContext): Promise<Verdict> {
  const { value: world } = source;
  host.injectFaults(faultRules(world.faults));
  await setUp(world, context);
  for (const { name, value } of world.endpoints) {
    if (value?.allow === undefined) continue;
    host.allowCallers?.(
      name.value,
      value.allow.map((namespace) => namespace.value),
    );
  }
  startParticipants(world, context);
  await startAll(world, context);
  if (hasExternalWorker(world)) await untilAllClosed(world, context);
  const settled = await host.whenSettled();
  if (settled === 'horizon') context.onTrouble(restless(host.now()));
  return verdictOn(source, host, context);
}

/** Whether a real worker is to take part; then the world is at rest before it has begun. */
const hasExternalWorker = (world: World): boolean =>
  world.workers.some(({ value }) => value?.external === true);

async function untilAllClosed(world: World, { port, signal }: ParticipantContext): Promise<void> {
  const addresses = world.start.map(({ namespace, id }) => ({
    namespace: namespace.value,
    execution: { workflowId: id.value },
  }));
  await Promise.all(addresses.map((address) => untilClosed(port, address, signal)));
}

const restless = (now: Instant): string =>
  `The world never came to rest and was left at ${formatDuration(ms(now))} of virtual time; ` +
  'what is still open may go on for ever.';

async function verdictOn(
  { value: world, sources }: WorldSource,
  host: WorldHost,
  context: ParticipantContext,
): Promise<Verdict> {
  const endedAt = host.now();
  const evidence = { world, port: context.port, spans: host.spans(), endedAt, ...breakersOf(host) };
  const expectations = [];
  for (const { value, range } of world.expect) {
    const origin = sources.originOf(range);
    const place = { line: sources.lineOf(range), ...(origin !== undefined && { origin }) };
    expectations.push(await judge(value, place, evidence));
  }
  return { passed: expectations.every(({ passed }) => passed), expectations, endedAt };
}

function breakersOf(host: WorldHost): Pick<Evidence, 'breakerStates'> {
  if (host.breakerStates === undefined) return {};
  return { breakerStates: (caller, endpoint) => host.breakerStates?.(caller, endpoint) ?? [] };
}

/** Makes the namespaces and the endpoints of a world. */
export async function setUp(
  world: World,
  { port, onTrouble }: Pick<ParticipantContext, 'port' | 'onTrouble'>,
): Promise<void> {
  for (const { value: namespace } of world.namespaces) {
    const reply = await port.call('registerNamespace', { namespace });
    if (!reply.ok && reply.error.code !== 'ALREADY_EXISTS') {
      onTrouble(`The namespace "${namespace}" could not be made: ${reply.error.message}`);
    }
  }
  for (const { name, value } of world.endpoints) {
    if (value === undefined) continue;
    const { description } = value;
    const spec = {
      name: name.value,
      target: targetOf(value),
      ...(description !== undefined && { description: jsonPayload(description) }),
    };
    const reply = await port.call('createNexusEndpoint', { spec });
    if (!reply.ok) onTrouble(`The endpoint "${name.value}" could not be made: ${reply.error.message}`);
  }
}

function targetOf({ target }: Endpoint): NonNullable<EndpointSpec['target']> {
  if ('url' in target) return { external: { url: target.url.value } };
  return { worker: { namespace: target.namespace.value, taskQueue: target.taskQueue.value } };
}
