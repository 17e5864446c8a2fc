import type { Prng } from '../../../simulator/base/prng.ts';
import { ms, seconds } from '../../../simulator/base/time.ts';
import type { Limits } from '../../../simulator/protocol/limits.ts';
import { pick } from '../../harness/draw.ts';

/** What a world may be rich in. */
const likings = [
  'operations',
  'cancels',
  'backing',
  'errors',
  'oddities',
  'activities',
  'timers',
  'children',
  'others',
  'chains',
  'meddling',
  'questions',
  'updates',
  'resets',
  'deletions',
  'caches',
  'rates',
  'registry',
  'outside',
  'standalone',
  'faults',
  'interventions',
  'impatience',
  'haste',
] as const;

export type Liking = (typeof likings)[number];

/** How much of each there is: nothing, some, or a lot. Also the weight of the moves and answers that belong to it. */
export type Taste = Readonly<Record<Liking, 0 | 1 | 5>>;

/** Draws a taste, so that some worlds are quiet, some are wild and some are rich in one thing. */
export const drawTaste = (random: Prng): Taste =>
  Object.fromEntries(
    likings.map((liking) => [liking, pick(random.fork(liking), [0, 1, 1, 5])]),
  ) as unknown as Taste;

/** In every third world there is little room. */
export function drawLimits(random: Prng): Partial<Limits> {
  const enabled = { updateCallbacks: random.chance({ of: 2, in: 3 }), standaloneOperations: true };
  return random.chance({ of: 2, in: 3 }) ? enabled : { ...enabled, ...narrowLimits(random) };
}

export function narrowLimits(random: Prng): Partial<Limits> {
  return {
    outboundConcurrency: 1 + random.below(3),
    outboundBuffer: 1 + random.below(3),
    outboundRatePerSecond: 1 + random.below(5),
    breakerConsecutiveFailures: 1 + random.below(4),
    breakerOpenFor: ms(1_000 + random.below(60_000)),
    pendingOperationsMax: 1 + random.below(5),
    pendingActivitiesMax: 1 + random.below(5),
    inFlightUpdatesMax: 1 + random.below(3),
    totalUpdatesMax: 1 + random.below(5),
    pendingChildrenMax: 1 + random.below(3),
    callbacksPerWorkflowMax: 1 + random.below(3),
    callbacksPerUpdateMax: 1 + random.below(2),
    stickyPollerWindow: seconds(random.below(20)),
    allowDeleteNamespaceIfNexusEndpointTarget: random.chance({ of: 1, in: 2 }),
    continueAsNewMinInterval: seconds(random.below(5)),
    // Streams of their own: the worlds that were known before stay as they were.
    retention: seconds(random.fork('retention').below(600)),
    closedRunsMax: 1 + random.fork('closed-runs').below(20),
  };
}
