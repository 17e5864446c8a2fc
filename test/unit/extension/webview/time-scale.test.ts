import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldIdle } from '../../../../extension/webview/fold.ts';
import {
  fit,
  HEAD_ROOM,
  MS_PER_PX_MIN,
  panBy,
  TICK_DISTANCE_MIN,
  tickStep,
  ticks,
  toTime,
  toX,
  zoomAbout,
} from '../../../../extension/webview/time-scale.ts';

const scales = fc.record({
  from: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
  msPerPx: fc.double({ min: 0.05, max: 1e7, noNaN: true }),
});

describe('mapping', () => {
  test('time and pixels are each other’s inverse', () => {
    const scale = { from: 500, msPerPx: 4 };
    expect(toX(scale, 900)).toBe(100);
    expect(toTime(scale, 100)).toBe(900);
  });

  test('panning to the right shows later times', () => {
    expect(panBy({ from: 0, msPerPx: 10 }, 25)).toEqual({ from: 250, msPerPx: 10 });
  });
});

describe('zoom', () => {
  test('keeps the instant under the pointer in its place', () => {
    fc.assert(
      fc.property(
        scales,
        fc.integer({ min: 0, max: 2_000 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (scale, x, factor) => {
          const zoomed = zoomAbout(scale, x, factor);
          expect(toX(zoomed, toTime(scale, x))).toBeCloseTo(x, 1);
        },
      ),
    );
  });

  test('ends where there is nothing finer to show', () => {
    expect(zoomAbout({ from: 0, msPerPx: 1 }, 0, 1e9).msPerPx).toBe(MS_PER_PX_MIN);
  });
});

test('a fitted view shows the whole extent and keeps head-room at the right', () => {
  const scale = fit({ from: 1_000, to: 5_000 }, 1_000);
  expect(toX(scale, 1_000)).toBe(0);
  expect(toX(scale, 5_000)).toBeCloseTo(1_000 * (1 - HEAD_ROOM));
});

describe('ticks', () => {
  test.each([
    [0.01, 1],
    [1, 100],
    [12.5, 1_000],
    [100, 10_000],
    [1_000, 120_000],
    [60_000, 2 * 3_600_000],
    [1_000_000, 86_400_000],
  ])('at %d ms per pixel they are %d ms apart', (msPerPx, step) => {
    expect(tickStep(msPerPx)).toBe(step);
  });

  test('are labelled as durations from the origin', () => {
    const labels = ticks({ from: -10, msPerPx: 1_000 }, 400).map((tick) => tick.label);
    expect(labels).toEqual(['0', '2m', '4m', '6m']);
  });

  test('are never closer than they can be read', () => {
    fc.assert(
      fc.property(scales, (scale) => {
        const [first, second] = ticks(scale, 1_200);
        if (first === undefined || second === undefined) return;
        expect((second.at - first.at) / scale.msPerPx).toBeGreaterThanOrEqual(TICK_DISTANCE_MIN);
      }),
    );
  });
});

describe('a folded scale', () => {
  const day = 86_400_000;
  const fold = foldIdle([0, 1_000, day, day + 1_000]);
  const scale = fit({ from: 0, to: day + 1_000 }, 1_000, fold);

  test('shows both ends of the gap in their true proportions', () => {
    const first = toX(scale, 1_000) - toX(scale, 0);
    const second = toX(scale, day + 1_000) - toX(scale, day);
    expect(first).toBeCloseTo(second);
    expect(first).toBeGreaterThan(400);
  });

  test('finds the instant under a pixel again', () => {
    for (const at of [0, 500, 1_000, day, day + 700])
      expect(toTime(scale, toX(scale, at))).toBeCloseTo(at, 3);
  });

  test('has ticks on both sides of the gap, none in it, and none too close', () => {
    const found = ticks(scale, 1_000).map(({ at }) => at);
    expect(found.some((at) => at < 1_000)).toBe(true);
    expect(found.some((at) => at > day)).toBe(true);
    expect(found.filter((at) => at > 1_000 && at < day)).toEqual([]);
    const places = found.map((at) => toX(scale, at));
    for (const [index, x] of places.entries()) {
      const before = places[index - 1];
      if (before !== undefined) expect(x - before).toBeGreaterThanOrEqual(TICK_DISTANCE_MIN - 1);
    }
  });

  test('keeps the instant under the pointer when zoomed', () => {
    const x = toX(scale, day + 300);
    expect(toTime(zoomAbout(scale, x, 4), x)).toBeCloseTo(day + 300, 3);
  });
});
