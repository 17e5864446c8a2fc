import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import {
  askBreaker,
  breakerAt,
  breakerTransitions,
  closedBreaker,
  tellBreaker,
  type Breaker,
} from '../../../../../simulator/engine/policy/circuit-breaker.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const limits = limitsOf('server');

/** Fails or succeeds calls one after the other, each admitted and told at the same instant. */
function play(breaker: Breaker, now: number, ...results: readonly ('fail' | 'ok')[]): Breaker {
  return results.reduce((current, result) => {
    const asked = askBreaker(current, instant(now));
    const { generation } = asked.breaker;
    return tellBreaker(asked.breaker, { generation, failed: result === 'fail', now: instant(now) }, limits);
  }, breaker);
}

const sixFailures = Array.from({ length: 6 }, () => 'fail' as const);

describe('a breaker', () => {
  test('opens on the sixth failure in a row, for a minute', () => {
    expect(play(closedBreaker, 0, ...sixFailures.slice(1)).kind).toBe('closed');
    expect(play(closedBreaker, 5, ...sixFailures)).toMatchObject({ kind: 'open', since: 5, until: 60_005 });
    expect(play(closedBreaker, 0, 'fail', 'fail', 'ok', ...sixFailures.slice(1)).kind).toBe('closed');
  });

  test('lets one probe through after its time, and no more', () => {
    const open = play(closedBreaker, 0, ...sixFailures);
    expect(askBreaker(open, instant(59_999)).admitted).toBe(false);
    const probing = askBreaker(open, instant(60_000));
    expect(probing.admitted).toBe(true);
    expect(askBreaker(probing.breaker, instant(60_001)).admitted).toBe(false);
  });

  test('is closed by a probe that succeeds and opened by one that fails', () => {
    const open = play(closedBreaker, 0, ...sixFailures);
    expect(play(open, 60_000, 'ok').kind).toBe('closed');
    expect(play(open, 70_000, 'fail')).toMatchObject({ kind: 'open', until: 130_000 });
  });

  test('does not count what it admitted before its last change', () => {
    const open = play(closedBreaker, 0, ...sixFailures);
    const late = { generation: closedBreaker.generation, failed: false, now: instant(60_000) };
    expect(tellBreaker(open, late, limits).kind).toBe('half-open');
    const closed = play(open, 60_000, 'ok');
    expect(tellBreaker(closed, { ...late, failed: true }, limits)).toEqual(closed);
  });

  test('moves only as its table allows, whatever happens', () => {
    const step = fc.record({ wait: fc.nat(90_000), failed: fc.boolean(), late: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let breaker: Breaker = closedBreaker;
        let now = 0;
        let stale = 0;
        const allowed = new Set(
          Object.values(breakerTransitions).flatMap(({ from, to }) =>
            from.map((start) => `${start} → ${to}`),
          ),
        );
        const move = (next: Breaker): void => {
          if (next.kind !== breaker.kind) expect(allowed).toContain(`${breaker.kind} → ${next.kind}`);
          expect(next.generation).toBeGreaterThanOrEqual(breaker.generation);
          breaker = next;
        };
        for (const { wait, failed, late } of steps) {
          now += wait;
          move(breakerAt(breaker, instant(now)));
          const asked = askBreaker(breaker, instant(now));
          move(asked.breaker);
          if (!asked.admitted) continue;
          const generation = late ? stale : breaker.generation;
          move(tellBreaker(breaker, { generation, failed, now: instant(now) }, limits));
          stale = breaker.generation;
        }
      }),
    );
  });
});
