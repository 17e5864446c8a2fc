import { jsonPayload } from '../protocol/temporal/payload.ts';
import { ok } from '../base/result.ts';
import { breakerAt } from '../engine/policy/circuit-breaker.ts';
import type { ParamsOf, ResultOf } from '../protocol/contract.ts';
import type { EndpointSpec, NexusEndpoint } from '../protocol/temporal/nexus.ts';
import { call, done, type Answer, type HandlersOf } from './console-call.ts';
import type { Driver } from './driver.ts';

type RegistryMethod =
  | `endpoints/${'list' | 'create' | 'update' | 'delete'}`
  | `namespaces/${'register' | 'list'}`
  | `faults/${'inject' | 'clear' | 'list'}`
  | 'breakers/list';

/** Answers what people ask and tell about endpoints, namespaces, faults and breakers. */
export const registryHandlers = (present: () => Driver): HandlersOf<RegistryMethod> => ({
  'endpoints/list': () => ok({ endpoints: present().registry().endpoints.map(endpointOf) }),
  'endpoints/create': async (spec) =>
    endpointAnswer(await call(present(), 'createNexusEndpoint', { spec: specOf(spec) })),
  'endpoints/update': async ({ id, version, ...spec }) =>
    endpointAnswer(await call(present(), 'updateNexusEndpoint', { id, version, spec: specOf(spec) })),
  'endpoints/delete': (params) => done(call(present(), 'deleteNexusEndpoint', params)),
  'namespaces/register': (params) => done(call(present(), 'registerNamespace', params)),
  'namespaces/list': () => ok({ namespaces: [...present().state.namespaces.keys()].sort() }),
  'faults/inject': ({ rules }) => {
    present().injectFaults(rules);
    return ok({ rules: [...present().state.faults] });
  },
  'faults/clear': () => {
    present().clearFaults();
    return ok({});
  },
  'faults/list': () => ok({ rules: [...present().state.faults] }),
  'breakers/list': () => ok({ breakers: breakers(present()) }),
});

function endpointOf({ id, spec, version }: NexusEndpoint): ResultOf<'endpoints/create'>['endpoint'] {
  const { worker, external } = spec.target ?? {};
  const target =
    worker === undefined
      ? { url: external?.url ?? '' }
      : { namespace: worker.namespace ?? '', taskQueue: worker.taskQueue ?? '' };
  return { id, name: spec.name ?? '', version, target };
}

const endpointAnswer = (
  reply: Answer<{ readonly endpoint: NexusEndpoint }>,
): Answer<ResultOf<'endpoints/create'>> =>
  reply.ok ? ok({ endpoint: endpointOf(reply.value.endpoint) }) : reply;

const specOf = ({ name, target, description }: ParamsOf<'endpoints/create'>): EndpointSpec => ({
  name,
  target: 'url' in target ? { external: target } : { worker: target },
  ...(description !== undefined && { description: jsonPayload(description) }),
});

function breakers(driver: Driver): ResultOf<'breakers/list'>['breakers'] {
  const { now } = driver.clockState();
  return [...driver.state.outbound.values()].map(({ kind, namespace, endpoint, breaker }) => {
    const present = breakerAt(breaker, now);
    const until = present.kind === 'open' ? { until: present.until } : {};
    return { calls: kind, namespace, endpoint, state: present.kind, ...until };
  });
}
