import { describe, expect, test } from 'vitest';
import {
  chartWidth,
  initialState,
  isLive,
  reduce,
  savedOf,
  type Action,
  type State,
} from '../../../../extension/webview/store.ts';
import { rightEdge, toX } from '../../../../extension/webview/time-scale.ts';
import { instant } from '../../../../simulator/base/time.ts';
import type { SpanId } from '../../../../simulator/protocol/ids.ts';
import type { Span } from '../../../../simulator/protocol/span.ts';
import { span } from '../../../harness/spans.ts';

const play = (state: State, ...actions: readonly Action[]): State => actions.reduce(reduce, state);
const connected: Action = { type: 'connection', connection: { kind: 'connected' } };
const spans = (run: number, first: boolean, now: number, ...list: readonly Span[]): Action => ({
  type: 'spans',
  run,
  first,
  spans: list,
  now: instant(now),
});
const finished = (run: number): Action => ({
  type: 'finished',
  run,
  name: 'hello.nexus.yaml',
  verdict: { passed: true, expectations: [], endedAt: instant(100) },
});
const running = (): State => play(initialState(), connected, spans(1, true, 1_000, span('a', [0, 500])));
const idOf = (text: string): SpanId => text as SpanId;

describe('runs', () => {
  test('a connected run is live until it has a verdict', () => {
    expect(isLive(running())).toBe(true);
    expect(isLive(reduce(running(), finished(1)))).toBe(false);
  });

  test('another run forgets spans, selection, verdict and view', () => {
    const before = play(
      running(),
      finished(1),
      { type: 'select', id: idOf('a') },
      { type: 'pan', pixels: -50 },
    );
    const after = reduce(before, spans(2, true, 10, span('b', [0, 5])));
    expect(after).toMatchObject({ run: 2, now: 10, selected: undefined, verdict: undefined, scrollTop: 0 });
    expect(after.view.mode).toEqual({ kind: 'follow', window: 'all' });
    expect([after.model.size, after.model.bar(idOf('a'))]).toEqual([1, undefined]);
  });

  test('the same run sent again keeps the view and the selection', () => {
    const before = play(running(), { type: 'pan', pixels: -50 }, { type: 'select', id: idOf('a') });
    const after = reduce(before, spans(1, true, 1_000, span('a', [0, 500])));
    expect(after.view).toEqual(before.view);
    expect(after.selected).toBe('a');
  });

  test('another process may use the same number for its first run', () => {
    const starting: Action = { type: 'connection', connection: { kind: 'starting' } };
    const after = play(running(), finished(1), starting, connected, spans(1, true, 5, span('b', [0])));
    expect(after).toMatchObject({ run: 1, verdict: undefined, now: 5 });
    expect(isLive(after)).toBe(true);
  });

  test('news of a run that is over change nothing', () => {
    const state = running();
    expect(play(state, spans(7, false, 9, span('b', [0])), finished(7))).toBe(state);
  });
});

describe('view', () => {
  test('new data in inspect mode never moves the view', () => {
    const looking = play(running(), { type: 'pan', pixels: -200 });
    const after = play(looking, spans(1, false, 60_000, span('b', [2_000])), {
      type: 'clock',
      clock: { now: instant(90_000), mode: { mode: 'run' } },
    });
    expect(after.view).toEqual(looking.view);
    expect(after.now).toBe(90_000);
  });

  test('back to live shows everything again', () => {
    const after = play(running(), { type: 'pan', pixels: -200 }, { type: 'back-to-live' });
    expect(rightEdge(after.view.scale, chartWidth(after))).toBeGreaterThan(1_000);
    expect(after.view.mode).toEqual({ kind: 'follow', window: 'all' });
  });

  test('focusing the selection shows all of it', () => {
    const state = play(running(), spans(1, false, 9_000, span('b', [8_000, 8_100])), {
      type: 'select',
      id: idOf('b'),
    });
    const { view } = reduce(state, { type: 'focus-selection' });
    expect(view.scale.from).toBeLessThan(8_000);
    expect(rightEdge(view.scale, chartWidth(state))).toBeGreaterThan(8_100);
    expect(rightEdge(view.scale, chartWidth(state))).toBeLessThan(8_300);
  });

  test('scrolling stays within the lanes', () => {
    const state = running();
    expect(reduce(state, { type: 'scroll', pixels: -100 }).scrollTop).toBe(0);
    const many = Array.from({ length: 60 }, (_, index) => span(`s${index}`, [500 + index]));
    const tall = reduce(state, spans(1, false, 1_000, ...many));
    const bottom = reduce(tall, { type: 'scroll', pixels: 1e9 }).scrollTop;
    expect(bottom).toBeGreaterThan(0);
    expect(bottom).toBeLessThan(tall.stack.height);
  });
});

describe('selection', () => {
  test('moves through the tree, and the view comes along', () => {
    const state = play(running(), spans(1, false, 100_000, span('far', [99_000, 99_500])), {
      type: 'zoom',
      factor: 50,
      x: 0,
    });
    const after = play(state, { type: 'move', move: 'first' }, { type: 'move', move: 'next' });
    expect(after.selected).toBe('far');
    const { scale } = after.view;
    expect(99_500 > scale.from && 99_000 < rightEdge(scale, chartWidth(after))).toBe(true);
  });

  test('at the last bar a further step changes nothing', () => {
    const state = reduce(running(), { type: 'select', id: idOf('a') });
    expect(reduce(state, { type: 'move', move: 'next' })).toBe(state);
  });
});

test('a reload restores view, scroll and selection when the run is still the same', () => {
  const tall = Array.from({ length: 60 }, (_, index) => span(`s${index}`, [500 + index]));
  const all = [span('a', [0, 500]), ...tall];
  const before = play(
    running(),
    spans(1, false, 1_000, ...tall),
    { type: 'pan', pixels: -200 },
    { type: 'scroll', pixels: 120 },
    { type: 'select', id: idOf('s9') },
  );
  const saved = savedOf(before);
  const after = play(initialState(), { type: 'restore', saved }, connected, spans(1, true, 1_000, ...all));
  expect(savedOf(after)).toEqual(saved);
});

describe('idle gaps', () => {
  const day = 86_400_000;
  const story = [span('a', [0, 1_000]), span('b', [day, day + 1_000])];

  test('are folded while the whole run is shown', () => {
    const { view } = play(initialState(), connected, spans(1, true, day + 1_000, ...story));
    expect(view.scale.fold?.gaps).toMatchObject([{ from: 1_000, to: day }]);
  });

  test('never move a view that the user looks at', () => {
    const looking = play(
      initialState(),
      connected,
      spans(1, true, 5_000, span('a', [0, 1_000])),
      { type: 'zoom', factor: 4, x: 10 },
      { type: 'pan', pixels: -100 },
    );
    expect(looking.view.mode.kind).toBe('inspect');
    const after = reduce(looking, spans(1, false, day + 1_000, ...story));
    expect(after.view).toEqual(looking.view);
    expect(reduce(after, { type: 'back-to-live' }).view.scale.fold?.gaps).toHaveLength(1);
  });

  test('a bar behind a gap is brought into view and focused', () => {
    const state = play(
      initialState(),
      connected,
      spans(1, true, day + 1_000, ...story),
      { type: 'select', id: idOf('b') },
      { type: 'focus-selection' },
    );
    expect(toX(state.view.scale, day)).toBeGreaterThan(0);
    expect(toX(state.view.scale, day + 1_000)).toBeLessThan(chartWidth(state));
  });
});

describe('bars that are dropped', () => {
  const removal = (run: number, removed: readonly string[], dropped: number): Action => ({
    type: 'spans',
    run,
    first: false,
    spans: [],
    now: instant(2_000),
    removed: removed.map(idOf),
    dropped,
  });
  const two = (): State =>
    play(
      running(),
      spans(
        1,
        false,
        1_000,
        span('b', [600, 900]),
        span('part', [700, 800], { parent: 'b' }),
        span('alone', [100, 5_000], { lane: { namespace: 'other', track: 'lane' } }),
      ),
    );

  test('go with their lanes, and the picture ends where the others do', () => {
    const before = two();
    expect(before.model.groups.map(({ name }) => name)).toEqual(['ns', 'other']);
    const after = reduce(before, removal(1, ['a', 'alone', 'unknown'], 2));
    expect(after.model.groups.map(({ name }) => name)).toEqual(['ns']);
    expect(after.model.extent(0)).toEqual({ from: 600, to: 900 });
    expect([after.model.size, after.dropped]).toEqual([2, 2]);
    expect(after.stack.height).toBeLessThan(before.stack.height);
    expect(
      reduce(after, spans(1, false, 9, span('alone', [1], { lane: { namespace: 'other', track: 'x' } }))),
    ).toMatchObject({ dropped: 2 });
  });

  test('leave their parts where they are', () => {
    const after = reduce(two(), removal(1, ['b'], 1));
    expect(after.model.bar(idOf('part'))).toMatchObject({ parent: undefined });
  });

  test('of a run before are none of this one', () => {
    const after = play(two(), removal(1, ['a'], 1), spans(2, true, 1, span('a', [0])));
    expect([after.model.size, after.dropped]).toEqual([1, 0]);
    expect(reduce(after, removal(1, ['a'], 7))).toBe(after);
  });
});
