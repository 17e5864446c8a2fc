import { describe, expect, test } from 'vitest';
import { instant, ms, seconds } from '../../../../simulator/base/time.ts';
import { VirtualClock } from '../../../../simulator/driver/virtual-clock.ts';
import { HandWallClock } from './hand-wall-clock.ts';

describe('C1: time does not go back', () => {
  test('moving to an earlier instant changes nothing', () => {
    const clock = new VirtualClock(new HandWallClock(), { mode: 'run' });
    clock.moveTo(instant(500));
    clock.moveTo(instant(200));
    expect([clock.now, clock.reached]).toEqual([500, 500]);
  });

  test('a jump ahead of flowing time stays', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paced', rate: 1 });
    clock.moveTo(instant(500));
    await wall.pass(ms(200));
    expect(clock.reached).toBe(500);
    await wall.pass(ms(400));
    expect(clock.reached).toBe(600);
  });
});

describe('C2: in mode run', () => {
  test('time stands still until someone jumps', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'run' });
    await wall.pass(seconds(100));
    expect([clock.now, clock.reached]).toEqual([0, 0]);
    expect(clock.wallDelayTo(instant(10))).toBeUndefined();
  });

  test('time flows like real time while a worker of another process is at work', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'run' });
    await wall.pass(seconds(1));
    clock.setAwaitingRemote(true);
    await wall.pass(ms(300));
    expect([clock.now, clock.reached]).toEqual([0, 300]);
    expect(clock.wallDelayTo(instant(1_000))).toBe(700);
    clock.moveTo(clock.reached);
    clock.setAwaitingRemote(false);
    await wall.pass(seconds(1));
    expect([clock.now, clock.reached]).toEqual([300, 300]);
  });

  test('hearing again that a worker is at work does not start over', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'run' });
    clock.setAwaitingRemote(true);
    await wall.pass(ms(300));
    clock.setAwaitingRemote(true);
    await wall.pass(ms(300));
    expect(clock.reached).toBe(600);
  });
});

describe('C3: in mode paced', () => {
  test.each([
    [0.1, 100],
    [1, 1_000],
    [60, 60_000],
  ])('time flows %d times as fast as real time', async (rate, expected) => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paced', rate });
    await wall.pass(seconds(1));
    expect(clock.reached).toBe(expected);
    expect(clock.now).toBe(0);
  });

  test('an instant is waited for until it is there, not a moment less', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paced', rate: 3 });
    const deadline = instant(1_000);
    const delay = clock.wallDelayTo(deadline);
    expect(delay).toBe(334);
    await wall.pass(ms(333));
    expect(clock.reached).toBeLessThan(deadline);
    await wall.pass(ms(1));
    expect(clock.reached).toBeGreaterThanOrEqual(deadline);
    expect(clock.wallDelayTo(deadline)).toBeLessThanOrEqual(0);
  });

  test.each([
    [1_000, 100],
    [1, 100],
    [0.1, 10],
  ])('%d times, time is not faster than a worker of another process', async (rate, expected) => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paced', rate });
    clock.setAwaitingRemote(true);
    await wall.pass(ms(100));
    expect(clock.reached).toBe(expected);
  });

  test('a worker that is at work when the mode is chosen counts from the first moment', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paused' });
    clock.setAwaitingRemote(true);
    clock.setMode({ mode: 'paced', rate: 1_000 });
    await wall.pass(ms(100));
    expect(clock.reached).toBe(100);
  });

  test('another rate counts from where time had come', async () => {
    const wall = new HandWallClock();
    const clock = new VirtualClock(wall, { mode: 'paced', rate: 1 });
    await wall.pass(ms(100));
    clock.moveTo(clock.reached);
    clock.setMode({ mode: 'paced', rate: 10 });
    await wall.pass(ms(100));
    expect(clock.reached).toBe(1_100);
  });
});

test('C4: in mode paused time stands still, whoever is at work', async () => {
  const wall = new HandWallClock();
  const clock = new VirtualClock(wall, { mode: 'paced', rate: 1 });
  await wall.pass(ms(100));
  clock.moveTo(clock.reached);
  clock.setMode({ mode: 'paused' });
  clock.setAwaitingRemote(true);
  await wall.pass(seconds(5));
  expect([clock.now, clock.reached, clock.mode]).toEqual([100, 100, { mode: 'paused' }]);
  expect(clock.wallDelayTo(instant(101))).toBeUndefined();
});
