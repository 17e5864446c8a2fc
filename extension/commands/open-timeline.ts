import type { Command } from '../services.ts';

export const openTimeline: Command =
  ({ timeline }) =>
  () => {
    timeline.show({ preserveFocus: false });
    return Promise.resolve();
  };
