import { regressions } from './regressions.ts';

/** Fresh seeds of one run, in batches of this many: a test each would be a list that nobody reads. */
const FRESH = Number(process.env['NEXUS_SEEDS'] ?? 3_000);
const BATCH = 50;

const chosen = process.env['NEXUS_SEED'];

/** Known trouble first; only the seed that was asked for, if one was. */
export const firstSeeds: readonly number[] =
  chosen === undefined ? regressions.map(({ seed }) => seed) : [Number(chosen)];

/** One half of the fresh seeds; two files share them, so that two workers do. */
export const freshBatches = (half: 0 | 1): readonly (readonly number[])[] =>
  chosen === undefined
    ? Array.from({ length: Math.ceil(FRESH / BATCH) }, (_, batch) =>
        Array.from({ length: BATCH }, (_, index) => batch * BATCH + index + 1),
      ).filter((_, batch) => batch % 2 === half)
    : [];
