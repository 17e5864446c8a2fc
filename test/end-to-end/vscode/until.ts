// Waits for a state by asking again and again.
import { setTimeout as pause } from 'node:timers/promises';

const poll = 100;
const patience = 30_000;

/**
 * Reads until the value is accepted, and answers it.
 * @param what the awaited state, as it should stand in the error.
 * @throws Error with the state and the last value read, after half a minute.
 */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  accept: (value: T) => boolean,
): Promise<T> {
  const deadline = AbortSignal.timeout(patience);
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (deadline.aborted) {
      throw new Error(
        `Waited ${patience / 1000} s for ${what}, but the last answer was ${JSON.stringify(value)}`,
      );
    }
    await pause(poll);
  }
}
