import type { Event } from '../../simulator/base/emitter.ts';

/** Settles with the first value of an event that fits. */
export const until = <T>(event: Event<T>, fits: (value: T) => boolean = () => true): Promise<T> =>
  new Promise((settle) => {
    const listening = event((value) => {
      if (!fits(value)) return;
      listening.dispose();
      settle(value);
    });
  });

/** What is found once something is found; looks again whenever everything else has had its turn. */
export async function untilSome<T>(find: () => readonly T[] | Promise<readonly T[]>): Promise<readonly T[]> {
  for (;;) {
    const found = await find();
    if (found.length > 0) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
