import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { colours } from '../../../../simulator/cli/palette.ts';
import { renderTimeline } from '../../../../simulator/cli/render-timeline.ts';
import { columnsOf } from '../../../../simulator/cli/text-width.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import { spanKinds, type Span, type SpanKind } from '../../../../simulator/protocol/span.ts';

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

const purchase = [
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
];

test.each([72, 150])('lanes, bars, times and failures in %i columns', async (width) => {
  const text = renderTimeline(purchase, instant(86_403_000), { width });
  await expect(text).toMatchFileSnapshot(`../../../goldens/timeline-${width}.txt`);
});

test('colours change no character', () => {
  const at = instant(86_403_000);
  const coloured = renderTimeline(purchase, at, { width: 90, palette: colours });
  expect(coloured).toContain('\u001b[31m');
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(
    // A colour ends behind the blanks that it is laid over.
    renderTimeline(purchase, at, { width: 90 }),
  );
});

test('a completion that comes late shows the waiting, and how long it was', () => {
  const text = renderTimeline(
    [
      span('Charge', { kind: 'workflow', at: [0, 1_000] }),
      span('completion callback', {
        kind: 'callback',
        in: 'Charge',
        at: [31_000, 31_000],
        attributes: { attempt: 1 },
      }),
    ],
    instant(31_000),
    { width: 100 },
  );
  expect(text).toMatch(/\n {4}completion callback +·+│ +31s +30s after the workflow\n/);
  expect(text).toMatch(/· waiting/);
});

test('the number of a call stands on both its sides', () => {
  const text = renderTimeline(
    [
      span('a', { kind: 'operation', name: 'Pay.charge', at: [0, 9], causes: ['c' as SpanId] }),
      span('b', { kind: 'attempt', name: 'attempt 1', in: 'a', at: [0, 1] }),
      span('h', { kind: 'handler', name: 'Pay.charge', lane: queue, in: 'b', at: [0, 1] }),
      span('w', { kind: 'workflow', name: 'Charge', lane: queue, at: [1, 8], causes: ['a' as SpanId] }),
      span('c', { kind: 'callback', name: 'completion callback', lane: queue, in: 'w', at: [8, 9] }),
      span('x', { kind: 'handler', name: 'cancel Pay.charge', lane: queue, in: 'a', at: [5, 6] }),
    ],
    instant(9),
    { width: 100 },
  );
  for (const label of [
    'Pay.charge #1',
    'handler Pay.charge #1',
    'workflow Charge #1',
    'completion callback #1',
    'handler cancel Pay.charge #1',
  ])
    expect(text).toContain(` ${label} `);
});

test('nothing is said so', () => {
  expect(renderTimeline([], instant(0), { width: 80 })).toBe('Nothing happened.\n');
});

test('a run with very many bars is cut short', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => span(`op ${index}`, { at: [index, index + 1] }));
  const lines = renderTimeline(many, instant(1_000), { width: 80 }).split('\n');
  expect(lines.filter((line) => /^ {2}op /.test(line))).toHaveLength(400);
  expect(lines).toContain('… and 600 more bars');
});

describe('whatever the spans', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 80 });
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e') as unknown as fc.Arbitrary<SpanId>;
  const at = fc.integer({ min: 0, max: 1e12 }).map(instant);
  const anySpan: fc.Arbitrary<Span> = fc.record(
    {
      id,
      kind: fc.constantFrom(...(Object.keys(spanKinds) as SpanKind[])),
      parent: id,
      name,
      lane: fc.record({ namespace: name, track: name }),
      start: at,
      end: at,
      outcome: fc.constantFrom('succeeded', 'failed', 'canceled', 'timed-out', 'terminated'),
      failure: fc.array(name, { maxLength: 3 }),
      attributes: fc.dictionary(fc.constantFrom('attempt', 'reason'), fc.oneof(fc.nat(3), name)),
      causes: fc.array(id, { maxLength: 3 }),
    },
    { requiredKeys: ['id', 'kind', 'name', 'lane', 'start', 'attributes', 'causes'] },
  );

  test('no line is wider than the width, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.array(anySpan, { maxLength: 30 }),
        at,
        fc.integer({ min: 40, max: 200 }),
        (spans, now, width) => {
          for (const line of renderTimeline(spans, now, { width }).split('\n'))
            expect(columnsOf(line), line).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
