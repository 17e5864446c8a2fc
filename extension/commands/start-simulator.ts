import type { Command } from '../services.ts';
import { ensureSimulator } from './ensure-simulator.ts';

/** Starts the simulator for workers and clients; with one running already there is nothing to do. */
export const startSimulator: Command = (services) => async () => {
  await ensureSimulator(services);
};
