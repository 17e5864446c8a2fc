/** The part of the control contract that speaks of recordings: journals of worlds, kept in the data folder. */
import * as z from 'zod';
import { empty, instant, message, type Method } from './contract-values.ts';

export const recordingSchema = z.object({
  id: z.string(),
  /** The world file, or absent for the world that people make by hand. */
  world: z.string().exactOptional(),
  seed: z.number(),
  /** Wall-clock milliseconds since the Unix epoch that virtual time 0 stands for. */
  originMs: z.number(),
  /** False while it is being written, and after a crash. */
  ended: z.boolean(),
});
/** A journal that can be replayed, and what it is of. */
export type Recording = z.infer<typeof recordingSchema>;

const id = z.string().min(1).max(100);

/** Most inputs that one answer holds. */
export const RECORDING_PAGE_MAX = 1_000;

export const recordingRequests = {
  /** The oldest first. Empty when the simulator keeps no data. */
  'recordings/list': { params: empty, result: z.object({ recordings: z.array(recordingSchema) }) },
  'recordings/read': {
    params: z.strictObject({
      id,
      /** Inputs to skip; 0 if absent. */
      from: z.int().nonnegative().exactOptional(),
      limit: z.int().positive().max(RECORDING_PAGE_MAX).exactOptional(),
    }),
    result: z.object({
      recording: recordingSchema,
      header: message,
      entries: z.array(z.object({ at: instant, input: message })),
      total: z.number(),
      /** The last input was cut off and is left out. */
      torn: z.boolean(),
    }),
  },
  /** Refused for the one that is being written. */
  'recordings/delete': { params: z.strictObject({ id }), result: empty },
} as const satisfies Record<string, Method>;
