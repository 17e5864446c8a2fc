import { after, instant, type Instant } from '../base/time.ts';
import type { RunId } from '../protocol/ids.ts';
import type { RunRef } from './fact.ts';
import type { Timer } from './timers.ts';
import type { Turn } from './turn.ts';

/** Behind every deadline. */
export const NEVER: Instant = instant(Number.MAX_SAFE_INTEGER);

/** When a run that closes now is forgotten. As at the server, it keeps this time, however the retention changes. */
export function expiryOf(turn: Turn, { namespace, runId }: RunRef): Timer<RunId> {
  const { retention } = turn.limits;
  const own = turn.state.namespaces.get(namespace)?.retention ?? retention;
  return turn.state.expiries.set(retention === 0 ? NEVER : after(turn.now, own), runId);
}
