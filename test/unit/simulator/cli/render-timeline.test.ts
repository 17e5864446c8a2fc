import { expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { renderTimeline } from '../../../../simulator/cli/render-timeline.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import type { Span } from '../../../../simulator/protocol/span.ts';

const span = (
  id: string,
  more: Omit<Partial<Span>, 'start' | 'end' | 'parent'> & { at: [number, number?]; in?: string },
): Span => {
  const { at, in: parent, ...rest } = more;
  return {
    id: id as SpanId,
    kind: 'operation',
    name: id,
    lane: { namespace: 'shop', track: 'buy-1' },
    attributes: {},
    causes: [],
    start: instant(at[0]),
    ...(at[1] !== undefined && { end: instant(at[1]) }),
    ...(parent !== undefined && { parent: parent as SpanId }),
    ...rest,
  };
};

const queue = { namespace: 'bank', track: 'queue charges' };

test('lanes, bars and times', async () => {
  const text = renderTimeline(
    [
      span('Buy', { kind: 'workflow', at: [0] }),
      span('workflow task', { kind: 'workflow-task', in: 'Buy', at: [0, 0], outcome: 'succeeded' }),
      span('Pay.charge', { in: 'Buy', at: [0, 3_000], outcome: 'succeeded' }),
      span('backoff after attempt 1', { kind: 'backoff', in: 'Pay.charge', at: [500, 1_500] }),
      span('attempt 1', {
        kind: 'attempt',
        in: 'Pay.charge',
        at: [0, 500],
        outcome: 'failed',
        failure: ['UNAVAILABLE: closed', 'why'],
      }),
      span('attempt 2', { kind: 'attempt', in: 'Pay.charge', at: [1_500, 3_000], outcome: 'succeeded' }),
      span('timer 1', { kind: 'timer', in: 'Buy', at: [3_000, 86_403_000], outcome: 'succeeded' }),
      span('Pay.charge in queue', { kind: 'queue-wait', lane: queue, at: [1_500, 2_000] }),
      span('Pay.charge', {
        id: 'handler' as SpanId,
        kind: 'handler',
        lane: queue,
        in: 'attempt 2',
        at: [2_000, 3_000],
        outcome: 'succeeded',
      }),
      span('callback', { kind: 'callback', lane: queue, at: [86_403_000, 86_403_000], outcome: 'succeeded' }),
    ],
    instant(86_403_000),
  );
  await expect(text).toMatchFileSnapshot('../../../goldens/timeline.txt');
});

test('nothing is said so', () => {
  expect(renderTimeline([], instant(0))).toBe('Nothing happened.\n');
});

test('a run with very many bars is cut short', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => span(`op ${index}`, { at: [index, index + 1] }));
  const lines = renderTimeline(many, instant(1_000)).trimEnd().split('\n');
  expect(lines).toHaveLength(2 + 1 + 400 + 1);
  expect(lines.at(-1)).toBe('… and 600 more bars');
});
