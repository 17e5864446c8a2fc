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
