import { parseDuration } from '../../simulator/base/time.ts';
import { clockNotPaused, requestFailed, simulatorNotRunning } from '../errors.ts';
import type { Command } from '../services.ts';

const EXPECTED = 'Write a duration such as “250ms”, “1.5s”, “1h30m” or “2d”.';

/** Moves the held clock forward; whatever comes due on the way happens. */
export const advanceClock: Command =
  ({ editor, feed, session }) =>
  async () => {
    const { client } = session;
    if (client === undefined) {
      void editor.window.showErrorMessage(simulatorNotRunning());
      return;
    }
    if (feed.clock !== undefined && feed.clock.mode.mode !== 'paused') {
      void editor.window.showErrorMessage(clockNotPaused());
      return;
    }
    const text = await editor.window.showInputBox({
      prompt: `Advance the virtual clock by how much? ${EXPECTED}`,
      value: '1s',
      validateInput: (value) => (parseDuration(value.trim()) === undefined ? EXPECTED : undefined),
    });
    const by = text === undefined ? undefined : parseDuration(text.trim());
    if (by === undefined) return;
    const reply = await client.request('clock/advance', { by });
    if (reply.ok) feed.tick(reply.value);
    else void editor.window.showErrorMessage(requestFailed(reply.error));
  };
