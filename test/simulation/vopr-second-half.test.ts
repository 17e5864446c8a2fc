import { describe, test } from 'vitest';
import { checkSeed } from './seed-check.ts';
import { freshBatches } from './seeds.ts';

describe('random worlds', () => {
  test.each(freshBatches(1).map((batch) => [batch[0], batch.at(-1), batch]))(
    'keep every rule after every step: seeds %i to %i',
    (_first, _last, batch) => {
      for (const seed of batch) checkSeed(seed);
    },
  );
});
