import { describe, expect, test } from 'vitest';
import { eventTraits } from '../../simulator/engine/execution/history.ts';
import { spanKinds } from '../../simulator/protocol/span.ts';
import { checkSeed } from './seed-check.ts';
import { firstSeeds, freshBatches } from './seeds.ts';
import { Breach, type Check } from './vopr/random-world.ts';
import { drawStory, play, shorten } from './vopr/story.ts';

describe('random worlds', () => {
  test('keep every rule: the seeds that once did not', () => {
    for (const seed of firstSeeds) checkSeed(seed);
  });

  test.each(freshBatches(0).map((batch) => [batch[0], batch.at(-1), batch]))(
    'keep every rule after every step: seeds %i to %i',
    (_first, _last, batch) => {
      for (const seed of batch) checkSeed(seed);
    },
  );

  test('see all that there is: every event of a history, every kind of span, every way to wait', () => {
    const [events, spans, waits] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const look: Check = ({ timers, outbound, executions }) => {
      for (const { purpose } of timers.live()) waits.add(purpose.kind);
      for (const { breaker } of outbound.values()) waits.add(`breaker ${breaker.kind}`);
      for (const { operations, callbacks } of executions.values()) {
        for (const { outboundCall } of operations.values())
          waits.add(`call: ${outboundCall?.reason ?? 'none'}`);
        for (const { state } of callbacks) waits.add(`callback ${state}`);
      }
      return undefined;
    };
    for (let seed = 1; seed <= 500; seed++) {
      const { world } = play(drawStory(seed), look);
      for (const run of world.histories) for (const { eventType } of run.events) events.add(eventType);
      for (const { kind } of world.spans) spans.add(kind);
    }
    expect(Object.keys(eventTraits).filter((type) => !events.has(type))).toEqual([]);
    expect(Object.keys(spanKinds).filter((kind) => !spans.has(kind))).toEqual([]);
    expect([...waits].sort()).toEqual([
      'activity-retry',
      'activity-timeout',
      'breaker closed',
      'breaker half-open',
      'breaker open',
      'call: breaker',
      'call: buffer',
      'call: concurrency',
      'call: none',
      'call: rate',
      'callback BACKING_OFF',
      'callback FAILED',
      'callback SCHEDULED',
      'callback STANDBY',
      'callback SUCCEEDED',
      'callback-delivery',
      'cancellation-backoff',
      'external-call-deadline',
      'first-workflow-task',
      'nexus-task-deadline',
      'operation-backoff',
      'operation-timeout',
      'outbound-drain',
      'outbound-probe',
      'outbound-retry',
      'queue-token',
      'run-timeout',
      'sleep',
      'sticky-query-timeout',
      'sticky-task-timeout',
      'workflow-task-timeout',
      'workflow-timer',
    ]);
  }, 120_000);

  test('are the same for the same seed, and others for another', () => {
    const journalOf = (seed: number): string => JSON.stringify(play(drawStory(seed)).world.journal);
    expect(journalOf(1)).toBe(journalOf(1));
    expect(journalOf(2)).not.toBe(journalOf(1));
  });
});

describe('a breach', () => {
  /** A rule that nearly every world breaks sooner or later. */
  const oneRunOnly: Check = ({ executions }) =>
    executions.size > 1 ? `one run only: there are ${executions.size}` : undefined;

  test('is told with the seed, the move, the way to replay it and what it needs', () => {
    expect(() => checkSeed(1, oneRunOnly)).toThrow(
      /^seed 1, move \d+ of \d+: one run only: there are 2\nReplay: NEXUS_SEED=1 .*\n2 moves are enough for it: /,
    );
  });

  test('is shortened to a story in which no move can be spared', () => {
    const short = shorten(drawStory(1), oneRunOnly);
    expect(short.moves).toHaveLength(2);
    for (const left of short.moves) {
      const without = { ...short, moves: short.moves.filter((move) => move !== left) };
      expect(play(without, oneRunOnly).breach).toBeUndefined();
    }
  });

  test('is also what the engine throws, and a bug of the test itself is not', () => {
    const { breach } = play(drawStory(1), () => {
      throw new Breach('the rule: is broken');
    });
    expect(breach?.problem.rule).toBe('the rule');
    expect(() =>
      play(drawStory(1), () => {
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
  });
});
