import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { days, ms } from '../../../../simulator/base/time.ts';
import { systemWallClock } from '../../../../simulator/driver/wall-clock.ts';

describe('timers of the wall clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('fire once, when their delay is over', () => {
    let fired = 0;
    systemWallClock.setTimer(ms(250), () => fired++);
    vi.advanceTimersByTime(249);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(fired).toBe(1);
  });

  test('do not fire once they are given back', () => {
    let fired = 0;
    systemWallClock.setTimer(ms(250), () => fired++).dispose();
    vi.advanceTimersByTime(1_000);
    expect([fired, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('that are late already fire at once', () => {
    let fired = 0;
    systemWallClock.setTimer(ms(-50), () => fired++);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  test('of months are not taken for none, as Node takes them', () => {
    let fired = 0;
    systemWallClock.setTimer(days(60), () => fired++);
    vi.advanceTimersByTime(days(20));
    expect(fired).toBe(0);
  });
});

describe('quiet', () => {
  test('comes when every settled promise has been heard', async () => {
    const heard: string[] = [];
    const quiet = new Promise<void>((resolve) => {
      systemWallClock.whenQuiet(() => {
        heard.push('quiet');
        resolve();
      });
    });
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    heard.push('settled');
    await quiet;
    expect(heard).toEqual(['settled', 'quiet']);
  });

  test('is not told to who gave it up', async () => {
    let told = false;
    systemWallClock.whenQuiet(() => (told = true)).dispose();
    await new Promise<void>((resolve) => {
      systemWallClock.whenQuiet(resolve);
    });
    expect(told).toBe(false);
  });
});

test('elapsed time does not go back', () => {
  const first = systemWallClock.elapsed();
  expect(systemWallClock.elapsed()).toBeGreaterThanOrEqual(first);
});
