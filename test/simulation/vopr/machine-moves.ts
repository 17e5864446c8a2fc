import type { Prng } from '../../../simulator/base/prng.ts';
import { after, hours, minutes, ms, seconds } from '../../../simulator/base/time.ts';
import type { AttemptRange, FaultRule } from '../../../simulator/protocol/fault.ts';
import { HandlerErrorType } from '../../../simulator/protocol/nexus.ts';
import type { EndpointTarget } from '../../../simulator/protocol/temporal/nexus.ts';
import { oneIn, pick, pickAny } from '../../harness/draw.ts';
import { endpointNames, namespaces, operations, OUTSIDE_URL, queueOf } from './names.ts';
import type { RandomWorld } from './random-world.ts';
import { narrowLimits } from './taste.ts';

/* What happens to the machine itself: its clock, its registry, and what goes wrong in it on purpose. */

/** Timers that one move lets fire at most; the clock stops at the last of them. */
const TIMERS_MAX = 40;

export function letTimePass(world: RandomWorld, random: Prng): void {
  const most = pick(random, [
    ms(200),
    ms(200),
    seconds(2),
    seconds(2),
    seconds(2),
    seconds(15),
    minutes(3),
    hours(3),
  ]);
  const target = after(world.now, ms(random.below(most)));
  for (let fired = 0; fired < TIMERS_MAX; fired++) {
    if (world.fireNext(target)) continue;
    world.moveTo(target);
    return;
  }
}

/** All that is due at the next instant, in one go: nothing comes between. */
export function letNextTimersFire(world: RandomWorld): void {
  const at = world.engine.nextDeadline;
  if (at === undefined) return;
  for (let fired = 0; fired < TIMERS_MAX && world.fireNext(at);) fired++;
}

export function createEndpoint(world: RandomWorld, random: Prng): void {
  const spec = { name: pick(random, endpointNames), target: randomTarget(world, random) };
  world.ask('createNexusEndpoint', { spec });
}

/** Another target, another name, or nothing new; sometimes with a version that is out of date. */
export function updateEndpoint(world: RandomWorld, random: Prng): void {
  const endpoint = pickAny(random, [...world.engine.state.endpoints.values()]);
  if (endpoint === undefined) return;
  const { id, version, spec } = endpoint;
  world.ask('updateNexusEndpoint', {
    id,
    version: oneIn(random, 5) ? version + 1 : version,
    spec: {
      ...spec,
      ...(oneIn(random, 2) && { name: pick(random, endpointNames) }),
      ...(oneIn(random, 2) && { target: randomTarget(world, random) }),
    },
  });
}

function randomTarget({ taste }: RandomWorld, random: Prng): EndpointTarget {
  if (taste.outside > 0 && oneIn(random, 2)) return { external: { url: OUTSIDE_URL } };
  const namespace = pick(random, namespaces);
  return { worker: { namespace, taskQueue: queueOf(namespace).name } };
}

export function deleteEndpoint(world: RandomWorld, random: Prng): void {
  const endpoint = pickAny(random, [...world.engine.state.endpoints.values()]);
  if (endpoint === undefined) return;
  world.ask('deleteNexusEndpoint', { id: endpoint.id, version: endpoint.version });
}

export function allowCallers(world: RandomWorld, random: Prng): void {
  world.input({
    kind: 'callers-allowed',
    endpoint: pick(random, endpointNames),
    namespaces: namespaces.filter(() => random.chance({ of: 3, in: 4 })),
  });
}

export function restoreRegistry(world: RandomWorld): void {
  const { namespaces: known, endpoints } = world.engine.state;
  world.input({
    kind: 'registry-restored',
    snapshot: { namespaces: [...known.values()], endpoints: [...endpoints.values()] },
  });
}

/** With all that is in it, if the limits allow that for one that endpoints lead to. */
export const deleteNamespace = (world: RandomWorld, random: Prng): void =>
  void world.ask('deleteNamespace', { namespace: pick(random, namespaces) });

export const registerNamespace = (world: RandomWorld, random: Prng): void =>
  void world.ask('registerNamespace', { namespace: pick(random, namespaces) });

/** Somebody puts a breaker into another state: of calls that are made, or never were. */
export function forceBreaker(world: RandomWorld, random: Prng): void {
  world.input({
    kind: 'breaker-forced',
    calls: pick(random, ['start', 'cancel']),
    namespace: pick(random, namespaces),
    endpoint: pick(random, endpointNames),
    to: pick(random, ['closed', 'open', 'half-open']),
  });
}

export const changeLimits = (world: RandomWorld, random: Prng): void =>
  void world.input({ kind: 'limits-changed', changes: narrowLimits(random) });

export const restartServer = (world: RandomWorld, random: Prng): void =>
  void world.input({ kind: 'server-restarted', workers: pick(random, ['stay', 'gone']) });

/** A few rules about some of the operations. */
export function injectFaults(world: RandomWorld, random: Prng): void {
  const rules = Array.from({ length: 1 + random.below(3) }, () => randomFault(random));
  world.input({ kind: 'faults-injected', rules });
}

export const clearFaults = (world: RandomWorld): void => void world.input({ kind: 'faults-cleared' });

function randomFault(random: Prng): FaultRule {
  const named = { service: 'Service', operation: pick(random, operations) };
  const failing = () => ({
    attempts: randomRange(random),
    fail: { type: pick(random, Object.values(HandlerErrorType)) },
  });
  if (oneIn(random, 2)) return { kind: 'attempt', ...named, ...failing() };
  return {
    kind: 'callback',
    ...named,
    ...(oneIn(random, 2) && { lateBy: ms(random.below(30_000)) }),
    ...(oneIn(random, 3) && { copies: 1 + random.below(3) }),
    ...(oneIn(random, 2) && failing()),
  };
}

function randomRange(random: Prng): AttemptRange {
  const from = pick(random, [1, 1, 1, 2, 3]);
  return { from, to: from + random.below(4) };
}
