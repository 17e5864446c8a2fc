import { TransientMap } from '../../../simulator/base/transient-map.ts';
import type { EngineState } from '../../../simulator/engine/state.ts';
import { Timers } from '../../../simulator/engine/timers.ts';

/** The whole state as text: two states are the same when their texts are. */
export const stateText = (state: Readonly<EngineState>): string => JSON.stringify(state, plain);

function plain(key: string, value: unknown): unknown {
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)];
  if (value instanceof TransientMap) {
    const entries = value as TransientMap<unknown, unknown>;
    return [...entries.keys()].map((name): readonly unknown[] => [name, entries.get(name)]);
  }
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)];
  if (value instanceof Timers) return [...value.live()].sort((a, b) => a.at - b.at || a.seq - b.seq);
  // Tasks and polls point at their queue, which holds them.
  if (key === 'queue' && typeof value === 'object') return (value as { readonly name: string }).name;
  return value;
}
