import { err, ok } from '../base/result.ts';
import { breakerAt } from '../engine/policy/circuit-breaker.ts';
import { endpointByName } from '../engine/registry/endpoints.ts';
import { readLimitChanges } from '../protocol/limits.ts';
import type { ParamsOf, ResultOf } from '../protocol/contract.ts';
import type { Answer, HandlersOf } from './console-call.ts';
import type { Driver } from './driver.ts';

type MachineMethod = `breakers/${'list' | 'force'}` | `limits/${'get' | 'set'}` | 'server/restart';

/** Answers what people ask and tell about the machine itself: its breakers, its settings, and its end and new beginning. */
export const machineHandlers = (present: () => Driver): HandlersOf<MachineMethod> => ({
  'breakers/list': () => ok({ breakers: breakers(present()) }),
  'breakers/force': (params) => forceBreaker(present(), params),
  'limits/get': () => ok({ limits: { ...present().limits } }),
  'limits/set': ({ changes }) => {
    const driver = present();
    const read = readLimitChanges(driver.limits, changes);
    if (!read.ok) return err({ message: read.error });
    driver.instruct({ kind: 'limits-changed', changes: read.value });
    return ok({ limits: { ...driver.limits } });
  },
  'server/restart': () => {
    present().instruct({ kind: 'server-restarted', workers: 'stay' });
    return ok({});
  },
});

function breakers(driver: Driver): ResultOf<'breakers/list'>['breakers'] {
  const { now } = driver.clockState();
  return [...driver.state.outbound.values()].map(({ kind, namespace, endpoint, breaker }) => {
    const state = breakerAt(breaker, now);
    const until = state.kind === 'open' ? { until: state.until } : {};
    return { calls: kind, namespace, endpoint, state: state.kind, ...until };
  });
}

function forceBreaker(
  driver: Driver,
  { calls, namespace, endpoint, state: to }: ParamsOf<'breakers/force'>,
): Answer<ResultOf<'breakers/force'>> {
  const isSame = (known: ResultOf<'breakers/force'>['breaker']): boolean =>
    known.calls === calls && known.namespace === namespace && known.endpoint === endpoint;
  // Operations keep the name that their endpoint had when they were scheduled, and so does their breaker.
  if (!breakers(driver).some(isSame)) {
    if (!driver.state.namespaces.has(namespace))
      return err({ message: `There is no namespace "${namespace}".` });
    if (endpointByName(driver.state, endpoint) === undefined) {
      return err({ message: `There is no endpoint "${endpoint}".` });
    }
  }
  driver.instruct({ kind: 'breaker-forced', calls, namespace, endpoint, to });
  const breaker = breakers(driver).find(isSame);
  return breaker === undefined ? err({ message: 'The world has ended.' }) : ok({ breaker });
}
