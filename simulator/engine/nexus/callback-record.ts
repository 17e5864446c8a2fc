import { utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Callback } from '../../protocol/temporal/common.ts';
import type { CallbackRecord } from './callback-state.ts';
import type { Turn } from '../turn.ts';
import { callbackUrlProblem } from './callback-url.ts';
import { SYSTEM_CALLBACK_URL } from './token.ts';

/** Why a callback cannot be attached; `undefined` when it can. */
export function callbackProblem({ nexus }: Callback, limits: Limits): string | undefined {
  const { url = '', header = {} } = nexus ?? {};
  let bytes = 0;
  for (const [key, value] of Object.entries(header)) bytes += utf8Length(key) + utf8Length(value);
  if (bytes > limits.callbackHeaderBytesMax) {
    return `invalid callback header: its keys and values have ${bytes} bytes, ${limits.callbackHeaderBytesMax} are allowed`;
  }
  return url === SYSTEM_CALLBACK_URL ? undefined : callbackUrlProblem(url, limits);
}

/** It waits for the end of the update, if it came with one, or else for the end of its run. */
export const newCallback = (
  turn: Turn,
  callback: Callback,
  update?: CallbackRecord['update'],
): CallbackRecord => ({
  callback,
  registeredAt: turn.now,
  ...(update !== undefined && { update }),
  state: 'STANDBY',
  attempt: 0,
});
