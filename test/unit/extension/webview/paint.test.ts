import { describe, expect, test } from 'vitest';
import { foldIdle } from '../../../../extension/webview/fold.ts';
import { fit } from '../../../../extension/webview/time-scale.ts';
import { paint, type Picture } from '../../../../extension/webview/paint.ts';
import { BODIES_MAX, BODY_WIDTH_MIN } from '../../../../extension/webview/paint-rows.ts';
import { looks } from '../../../../extension/webview/kinds.ts';
import { gutterWidth, stackLanes } from '../../../../extension/webview/stack.ts';
import { TimelineModel } from '../../../../extension/webview/timeline-model.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import type { Span } from '../../../../simulator/protocol/span.ts';
import { recordingSurface, type DrawCall } from '../../../harness/recording-surface.ts';
import { span } from '../../../harness/spans.ts';

const width = 1_190;
const gutter = gutterWidth(width);

function drawn(
  spans: readonly Span[],
  change: (model: TimelineModel) => Partial<Picture> = () => ({}),
): readonly DrawCall[] {
  const model = new TimelineModel();
  model.apply(spans);
  const { surface, calls } = recordingSurface();
  paint(surface, {
    stack: stackLanes(model),
    scale: { from: 0, msPerPx: 1 },
    width,
    height: 600,
    scrollTop: 0,
    now: 900,
    live: false,
    selected: undefined,
    related: [],
    hovered: undefined,
    ...change(model),
  });
  return calls;
}
const bodies = (calls: readonly DrawCall[]): readonly Extract<DrawCall, { call: 'bar' }>[] =>
  calls.filter((call) => call.call === 'bar');
const texts = (calls: readonly DrawCall[]): readonly string[] =>
  calls.flatMap((call) => (call.call === 'text' ? [call.text] : []));

describe('bars', () => {
  test('lie where their times are, right of the names', () => {
    const [bar] = bodies(drawn([span('a', [100, 350])]));
    expect([bar?.box.x, bar?.box.width]).toEqual([gutter + 100, 250]);
  });

  test('a bar that lasts ends now', () => {
    const [bar] = bodies(drawn([span('a', [100])]));
    expect(bar?.box.width).toBe(800);
  });

  test('kinds differ in glyph and, where they meet in a row, in texture', () => {
    const glyphs = Object.values(looks).map((look) => look.glyph);
    expect(new Set(glyphs).size).toBe(glyphs.length);
    const waits = [looks.attempt, looks.backoff, looks['queue-wait'], looks.timer, looks.callback];
    expect(new Set(waits.map((look) => look.pattern)).size).toBe(waits.length);
  });

  test('a failure is red, keeps its texture and has a mark', () => {
    const calls = drawn([span('a', [0, 200], { kind: 'callback', outcome: 'failed' })]);
    expect(bodies(calls)[0]).toMatchObject({ ink: 'red', pattern: looks.callback.pattern });
    expect(texts(calls)).toContain('✕');
  });

  test('say what they are, in text and glyph', () => {
    expect(texts(drawn([span('attempt 3', [0, 200], { kind: 'attempt' })]))).toContain('▶ attempt 3');
  });

  test('an instant failure is drawn over the backoff that begins with it, and wide enough', () => {
    const calls = bodies(
      drawn([
        span('operation', [0, 600], { kind: 'operation' }),
        span('try', [100, 100], { kind: 'attempt', outcome: 'failed', parent: 'operation' }),
        span('wait', [100, 500], { kind: 'backoff', parent: 'operation' }),
      ]),
    );
    expect(calls.map((call) => call.ink)).toEqual(['blue', 'orange', 'red']);
    expect(calls[2]?.box.width).toBe(BODY_WIDTH_MIN);
  });
});

describe('culling', () => {
  test('what is out of sight in time is not drawn', () => {
    const calls = drawn(
      [span('before', [0, 10]), span('in', [2_100, 2_200]), span('after', [9_000, 9_100])],
      () => ({
        scale: { from: 2_000, msPerPx: 1 },
      }),
    );
    expect(bodies(calls).map((call) => call.box.x)).toEqual([gutter + 100]);
  });

  test('what is scrolled out of sight is not drawn', () => {
    const open = Array.from({ length: 100 }, (_, index) => span(`s${index}`, [index]));
    const shown = bodies(drawn(open, () => ({ scrollTop: 500 }))).length;
    expect(shown).toBeGreaterThan(20);
    expect(shown).toBeLessThan(35);
  });
});

describe('level of detail', () => {
  test('bars narrower than a pixel become one strip', () => {
    const dense = Array.from({ length: 1_000 }, (_, index) => span(`s${index}`, [index, index + 1]));
    const calls = bodies(drawn(dense, () => ({ scale: { from: 0, msPerPx: 100 } })));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ ink: 'grey', box: { x: gutter } });
    expect(calls[0]?.box.width).toBeGreaterThanOrEqual(10);
    expect(calls[0]?.box.width).toBeLessThanOrEqual(12);
  });

  test('a long bar among merged ones is drawn as itself', () => {
    const dense = Array.from({ length: 100 }, (_, index) => span(`s${index}`, [index, index + 1]));
    const calls = bodies(
      drawn([...dense, span('long', [100, 9_000])], () => ({ scale: { from: 0, msPerPx: 100 } })),
    );
    expect(calls.map((call) => call.ink)).toEqual([looks.handler.ink, 'grey']);
    expect(calls[0]?.box).toMatchObject({ x: gutter + 1, width: 89 });
  });

  test('the number of bodies is bounded, however many spans there are', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => {
      const start = Math.floor(index / 40) * 4;
      return span(`s${index}`, [start, start + 3], {
        lane: { namespace: 'ns', track: `t${index % 40}` },
      });
    });
    const count = (msPerPx: number): number =>
      bodies(drawn(many, () => ({ scale: { from: 0, msPerPx }, height: 1_400 }))).length;
    for (const msPerPx of [0.05, 1, 3, 10, 1_000]) expect(count(msPerPx)).toBeLessThanOrEqual(BODIES_MAX);
  });
});

describe('selection', () => {
  test('has a frame, and a line from each direct cause', () => {
    const spans = [
      span('cause', [0, 100]),
      span('effect', [200, 300], { causes: ['cause'], lane: { namespace: 'ns', track: 'other' } }),
    ];
    const calls = drawn(spans, (model) => ({
      selected: model.bar('effect' as SpanId),
      related: [model.bar('cause' as SpanId)].filter((bar) => bar !== undefined),
    }));
    const frames = calls.filter((call) => call.call === 'outline' && call.ink === 'focus');
    expect(frames).toHaveLength(2);
    const lines = calls.filter((call) => call.call === 'line' && call.ink === 'focus');
    expect(lines).toMatchObject([
      { from: [gutter + 100, expect.anything()], to: [gutter + 200, expect.anything()] },
    ]);
  });
});

test('now is marked only while something may still come', () => {
  const marks = (live: boolean): number =>
    drawn([span('a', [0, 10])], () => ({ live })).filter((call) => call.call === 'line' && call.ink === 'now')
      .length;
  expect([marks(true), marks(false)]).toEqual([1, 0]);
});

test('namespaces, tracks and ticks are named', () => {
  expect(texts(drawn([span('a', [0, 10])]))).toEqual(
    expect.arrayContaining(['ns', 'track', '0', '100ms', '500ms']),
  );
});

describe('a folded gap', () => {
  test('is torn out over the bars, with the time it hides on the axis', () => {
    const day = 86_400_000;
    const spans = [span('a', [0, 1_000]), span('long', [0, day + 1_000]), span('b', [day, day + 1_000])];
    const fold = foldIdle(spans.flatMap(({ start, end }) => [start, end ?? start]));
    const calls = drawn(spans, () => ({ scale: fit({ from: 0, to: day + 1_000 }, width - gutter, fold) }));
    expect(texts(calls)).toContain('⋯ 23h59m59s');
    // The tick at the gap's edge would stand in the way of that.
    expect(texts(calls)).not.toContain('1s');
    const lastBar = calls.findLastIndex((call) => call.call === 'bar');
    const tear = calls.findLastIndex((call) => call.call === 'fill' && call.ink === 'background');
    expect(tear).toBeGreaterThan(lastBar);
  });
});
