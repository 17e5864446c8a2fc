import { describe, test } from 'vitest';
import { checkSeed } from './seed-check.ts';
import { freshBatches } from './seeds.ts';

describe('random worlds', () => {
  test.each(freshBatches(1).map((batch) => [batch[0], batch.at(-1), batch]))(
    'hold every invariant after every step: seeds %i to %i',
    async (_first, _last, batch) => {
      for (const seed of batch) await checkSeed(seed);
    },
  );
});
