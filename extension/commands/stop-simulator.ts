import type { Command } from '../services.ts';

/** Ends the simulator; what it held is gone, the timeline keeps its picture. */
export const stopSimulator: Command =
  ({ session }) =>
  async () => {
    await session.stop();
  };
