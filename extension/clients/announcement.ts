import * as z from 'zod';
import { err, ok, type Result } from '../../simulator/base/result.ts';

/** The one line that `start --announce json` prints when everything listens. */
const announcement = z.object({
  control: z.object({
    // Only this machine: a line that names another host is not our simulator's.
    url: z.string().regex(/^ws:\/\/127\.0\.0\.1:\d{1,5}\/?$/),
    token: z.string().min(1),
  }),
  grpc: z.string(),
  http: z.string().optional(),
  pid: z.number().int(),
});
export type Announcement = z.infer<typeof announcement>;

/** Longest announcement, in characters. */
export const ANNOUNCEMENT_MAX = 8_192;

export function parseAnnouncement(line: string): Result<Announcement, string> {
  try {
    const parsed = announcement.safeParse(JSON.parse(line));
    return parsed.success ? ok(parsed.data) : err(line);
  } catch {
    return err(line);
  }
}
