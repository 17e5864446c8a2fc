import type { Command } from '../services.ts';

export const showLog: Command =
  ({ log }) =>
  () => {
    log.show(true);
    return Promise.resolve();
  };
