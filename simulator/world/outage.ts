import { CancellationSource } from '../base/cancellation.ts';
import { between, instant, type Instant } from '../base/time.ts';
import type { ParticipantContext } from './participant.ts';
import type { World } from './world.ts';

/** A time without a participant; the end is not part of it. */
export interface Outage {
  readonly from: Instant;
  readonly to: Instant;
}

/** When a worker of the file is gone, in order and without overlaps. */
export function outagesOf(world: World, worker: string): readonly Outage[] {
  const planned = world.faults.flatMap((fault): readonly Outage[] =>
    fault.kind === 'worker' && fault.worker.value === worker
      ? [{ from: instant(fault.at), to: instant(fault.at + fault.down) }]
      : [],
  );
  const found: Outage[] = [];
  for (const outage of [...planned].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last === undefined || outage.from > last.to) found.push(outage);
    else found[found.length - 1] = { from: last.from, to: outage.to > last.to ? outage.to : last.to };
  }
  return found;
}

/** When all of several participants are gone at once. */
export function commonOutages(each: readonly (readonly Outage[])[]): readonly Outage[] {
  const [first = [], ...rest] = each;
  return rest.reduce(overlaps, first);
}

function overlaps(some: readonly Outage[], others: readonly Outage[]): readonly Outage[] {
  return some.flatMap((a) =>
    others.flatMap((b): readonly Outage[] => {
      const from = a.from > b.from ? a.from : b.from;
      const to = a.to < b.to ? a.to : b.to;
      return from < to ? [{ from, to }] : [];
    }),
  );
}

/**
 * Runs a participant that is gone for some time: it gives up its polls, drops the tasks in its hands, and starts
 * afresh afterwards. Times that are over already are left out.
 */
export async function runWithOutages(
  outages: readonly Outage[],
  context: ParticipantContext,
  run: (context: ParticipantContext) => Promise<void>,
): Promise<void> {
  const { sleeper, signal } = context;
  for (const { from, to } of outages) {
    if (to <= sleeper.now()) continue;
    if (from > sleeper.now()) {
      const shift = new CancellationSource();
      const ending = signal.onCancelled(() => {
        shift.cancel();
      });
      const running = run({ ...context, signal: shift.signal });
      await sleeper.sleep(between(sleeper.now(), from), { signal });
      shift.cancel();
      ending.dispose();
      await running;
    }
    if (signal.cancelled) return;
    await sleeper.sleep(between(sleeper.now(), to), { signal });
  }
  if (!signal.cancelled) await run(context);
}
