import { jsonPayload, textOf } from '../protocol/temporal/payload.ts';
import { err, ok } from '../base/result.ts';
import type { ParamsOf, ResultOf } from '../protocol/contract.ts';
import type { EndpointSpec, NexusEndpoint } from '../protocol/temporal/nexus.ts';
import { call, done, type Answer, type HandlersOf } from './console-call.ts';
import type { Driver } from './driver.ts';

type RegistryMethod =
  | `endpoints/${'list' | 'create' | 'update' | 'delete' | 'allow'}`
  | `namespaces/${'register' | 'delete' | 'list'}`
  | `faults/${'inject' | 'clear' | 'list'}`;

/** Answers what people ask and tell about endpoints, namespaces and faults. */
export const registryHandlers = (present: () => Driver): HandlersOf<RegistryMethod> => ({
  'endpoints/list': () => {
    const driver = present();
    return ok({ endpoints: driver.registry().endpoints.map((each) => endpointOf(each, driver)) });
  },
  'endpoints/create': async (spec) => {
    const driver = present();
    return endpointAnswer(await call(driver, 'createNexusEndpoint', { spec: specOf(spec) }), driver);
  },
  'endpoints/update': async ({ id, version, ...params }) => {
    const driver = present();
    const kept = params.description === undefined && driver.state.endpoints.get(id)?.spec.description;
    const spec = { ...specOf(params), ...(kept && { description: kept }) };
    return endpointAnswer(await call(driver, 'updateNexusEndpoint', { id, version, spec }), driver);
  },
  'endpoints/delete': (params) => done(call(present(), 'deleteNexusEndpoint', params)),
  'endpoints/allow': ({ id, namespaces }) => {
    const driver = present();
    const endpoint = driver.state.endpoints.get(id);
    if (endpoint === undefined)
      return err({ message: `There is no endpoint with the id "${id}"; ask for the list of them.` });
    driver.allowCallers(endpoint.spec.name ?? '', namespaces);
    return ok({ endpoint: endpointOf(endpoint, driver) });
  },
  'namespaces/register': (params) => done(call(present(), 'registerNamespace', params)),
  'namespaces/delete': (params) => done(call(present(), 'deleteNamespace', params)),
  'namespaces/list': () => ok({ namespaces: [...present().state.namespaces.keys()].sort() }),
  'faults/inject': ({ rules }) => {
    present().injectFaults(rules);
    return ok({ rules: [...present().state.faults] });
  },
  'faults/clear': () => {
    present().instruct({ kind: 'faults-cleared' });
    return ok({});
  },
  'faults/list': () => ok({ rules: [...present().state.faults] }),
});

function endpointOf(
  { id, spec, version }: NexusEndpoint,
  { state }: Driver,
): ResultOf<'endpoints/create'>['endpoint'] {
  const { worker, external } = spec.target ?? {};
  const description = spec.description && textOf(spec.description);
  const allowed = state.allowedCallers.get(spec.name ?? '');
  const target =
    worker === undefined
      ? { url: external?.url ?? '' }
      : { namespace: worker.namespace ?? '', taskQueue: worker.taskQueue ?? '' };
  return {
    id,
    name: spec.name ?? '',
    version,
    target,
    ...(description !== undefined && { description }),
    ...(allowed !== undefined && { allowedCallers: [...allowed] }),
  };
}

const endpointAnswer = (
  reply: Answer<{ readonly endpoint: NexusEndpoint }>,
  driver: Driver,
): Answer<ResultOf<'endpoints/create'>> =>
  reply.ok ? ok({ endpoint: endpointOf(reply.value.endpoint, driver) }) : reply;

const specOf = ({ name, target, description }: ParamsOf<'endpoints/create'>): EndpointSpec => ({
  name,
  target: 'url' in target ? { external: target } : { worker: target },
  ...(description !== undefined && description !== '' && { description: jsonPayload(description) }),
});
