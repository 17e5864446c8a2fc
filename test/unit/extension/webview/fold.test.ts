import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  foldIdle,
  FOLD_FACTOR,
  gapAt,
  toPicture,
  toVirtual,
  unfolded,
} from '../../../../extension/webview/fold.ts';

const day = 86_400_000;

describe('idle gaps', () => {
  test('a day of waiting among seconds is folded, the seconds are not', () => {
    const fold = foldIdle([0, 925, 1_005, day + 1_005, day + 3_005]);
    expect(fold.gaps).toHaveLength(1);
    expect(fold.gaps[0]).toMatchObject({ from: 1_005, to: day + 1_005 });
    expect(fold.gaps[0]?.shown).toBeCloseTo(3_005 * 0.15);
  });

  test('exponential backoff is left as it is', () => {
    let at = 0;
    const instants = [0, ...Array.from({ length: 12 }, (_, attempt) => (at += 1_000 * 2 ** attempt))];
    expect(foldIdle(instants).gaps).toEqual([]);
  });

  test.each([[[]], [[5]], [[0, 10]], [[0, 0, 10, 10]]])(
    'nothing to compare with, nothing to fold: %j',
    (instants) => {
      expect(foldIdle(instants)).toEqual(unfolded);
    },
  );

  test('several gaps are folded when each outweighs the rest', () => {
    const { gaps } = foldIdle([0, 10, 10 + day, 20 + day, 20 + 9 * day, 30 + 9 * day]);
    expect(gaps.map(({ from }) => from)).toEqual([10, 20 + day]);
  });
});

describe('picture time', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 40 });

  test('is virtual time again on the way back, and never turns round', () => {
    fc.assert(
      fc.property(
        instants,
        fc.array(fc.integer({ min: -1_000, max: 2e9 }), { minLength: 2 }),
        (story, probes) => {
          const fold = foldIdle(story);
          const sorted = [...probes].sort((a, b) => a - b);
          for (const [index, at] of sorted.entries()) {
            const shown = toPicture(fold, at);
            // A gap of days shown in milliseconds leaves a double few digits.
            expect(toVirtual(fold, shown)).toBeCloseTo(at, 1);
            const before = sorted[index - 1];
            if (before !== undefined) expect(shown).toBeGreaterThanOrEqual(toPicture(fold, before));
          }
        },
      ),
    );
  });

  test('leaves every gap that is not folded at its true length', () => {
    fc.assert(
      fc.property(instants, (story) => {
        const fold = foldIdle(story);
        const sorted = [...new Set(story)].sort((a, b) => a - b);
        for (const [index, to] of sorted.entries()) {
          const from = sorted[index - 1];
          if (from === undefined || gapAt(fold, (from + to) / 2) !== undefined) continue;
          expect(toPicture(fold, to) - toPicture(fold, from)).toBeCloseTo(to - from, 3);
        }
        expect(FOLD_FACTOR).toBeGreaterThan(2);
      }),
    );
  });
});
