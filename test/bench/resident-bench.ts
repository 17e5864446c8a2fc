import { compare } from './comparison.ts';
import { RawLoad } from './raw-load.ts';
import type { Bench } from './report.ts';

const OPERATIONS = 10_000;

/** What the server's process holds after its first answer, and when 10,000 operations have ended. */
export const residentBench: Bench = () =>
  compare(1, async (peer) => {
    const idle = peer.residentMegabytes();
    const load = await RawLoad.open(peer.address);
    await load.run({ operations: OPERATIONS, inFlight: 8, style: 'sync' });
    const loaded = peer.residentMegabytes();
    load.close();
    return { idleMegabytes: idle, [`megabytesAfter${OPERATIONS}Operations`]: loaded };
  });
