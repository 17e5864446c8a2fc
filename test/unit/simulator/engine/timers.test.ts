import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { Timers } from '../../../../simulator/engine/timers.ts';

const purpose = (task: string) => ({ kind: 'nexus-task-deadline', task }) as const;

describe('timers', () => {
  test('fire in order of deadline, equal ones in the order they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (deadlines) => {
        const timers = new Timers();
        deadlines.forEach((at, index) => timers.set(instant(at), purpose(String(index))));
        const fired: { at: number; index: number }[] = [];
        for (
          let timer = timers.takeDue(instant(99));
          timer !== undefined;
          timer = timers.takeDue(instant(99))
        ) {
          if (timer.purpose.kind !== 'nexus-task-deadline') throw new Error('another purpose came out');
          fired.push({ at: timer.at, index: Number(timer.purpose.task) });
        }
        const expected = deadlines.map((at, index) => ({ at, index }));
        expect(fired).toEqual(expected.sort((a, b) => a.at - b.at || a.index - b.index));
      }),
    );
  });

  test('that were cancelled neither fire nor hold the clock', () => {
    const timers = new Timers();
    const early = timers.set(instant(1), purpose('early'));
    timers.set(instant(5), purpose('late'));
    timers.cancel(early);
    timers.cancel(early);
    expect(timers.next()?.at).toBe(5);
    expect(timers.size).toBe(1);
    expect(timers.live()).toHaveLength(1);
    expect(timers.takeDue(instant(4))).toBeUndefined();
    expect(timers.takeDue(instant(5))?.purpose).toEqual(purpose('late'));
    expect(timers.next()).toBeUndefined();
  });

  test('fire as ever when there were so many cancelled ones that they were let go', () => {
    const timers = new Timers();
    const set = Array.from({ length: 2_000 }, (_, nth) =>
      timers.set(instant((nth * 7) % 100), purpose(String(nth))),
    );
    const kept = set.filter(({ seq }) => seq % 40 === 0);
    for (const timer of set) if (!kept.includes(timer)) timers.cancel(timer);
    expect(timers.size).toBe(kept.length);
    expect([...timers.live()].sort((a, b) => a.seq - b.seq)).toEqual(kept);
    const fired = kept.map(() => timers.takeDue(instant(100)));
    expect(fired).toEqual([...kept].sort((a, b) => a.at - b.at || a.seq - b.seq));
    expect(timers.next()).toBeUndefined();
  });

  test('cannot be cancelled once they have fired', () => {
    const timers = new Timers();
    const timer = timers.set(instant(1), purpose('x'));
    timers.takeDue(instant(1));
    timers.cancel(timer);
    expect(timers.size).toBe(0);
    expect(timer.state).toBe('fired');
  });
});
