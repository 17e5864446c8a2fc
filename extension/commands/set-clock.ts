import type { ClockMode } from '../../simulator/protocol/contract.ts';
import { requestFailed, simulatorNotRunning } from '../errors.ts';
import type { Command } from '../services.ts';

/** Lets virtual time run, or holds it. */
export const setClock =
  (mode: ClockMode): Command =>
  ({ editor, feed, session }) =>
  async () => {
    const { client } = session;
    if (client === undefined) {
      void editor.window.showErrorMessage(simulatorNotRunning());
      return;
    }
    const reply = await client.request('clock/set', mode);
    if (reply.ok) feed.tick(reply.value);
    else void editor.window.showErrorMessage(requestFailed(reply.error));
  };
