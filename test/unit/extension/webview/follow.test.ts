import { describe, expect, test } from 'vitest';
import {
  initialView,
  onBackToLive,
  onData,
  onLive,
  onPan,
  onZoom,
  type Scene,
  type View,
} from '../../../../extension/webview/follow.ts';
import { fit, rightEdge } from '../../../../extension/webview/time-scale.ts';

const width = 1_000;
const sceneAt = (now: number, live = true): Scene => ({ extent: { from: 0, to: now }, width, live });
const following = (now: number): View => onData(onLive(initialView, true), sceneAt(now));

describe('static (F1)', () => {
  test('shows everything while untouched', () => {
    expect(onData(initialView, sceneAt(8_000, false)).scale).toEqual(fit({ from: 0, to: 8_000 }, width));
  });

  test('stays where the user put it', () => {
    const moved = onPan(initialView, 40, sceneAt(8_000, false));
    expect(onData(moved, sceneAt(9_000, false))).toBe(moved);
  });
});

describe('follow (F2, F3)', () => {
  test('keeps everything in view as time goes on', () => {
    expect(onData(following(1_000), sceneAt(5_000)).scale).toEqual(fit({ from: 0, to: 5_000 }, width));
  });

  test('zooming by key keeps now in its place and the width from then on', () => {
    const before = following(10_000);
    const zoomed = onZoom(before, { factor: 2 }, sceneAt(10_000));
    expect(zoomed.mode).toEqual({ kind: 'follow', window: 'fixed' });
    const later = onData(zoomed, sceneAt(11_000));
    expect(later.scale.msPerPx).toBe(zoomed.scale.msPerPx);
    expect(later.scale.from - zoomed.scale.from).toBeCloseTo(1_000);
  });

  test('zooming in about the pointer is looking at something', () => {
    const zoomed = onZoom(following(10_000), { x: 100, factor: 2 }, sceneAt(10_000));
    expect(zoomed.mode).toEqual({ kind: 'inspect' });
  });

  test('never moves back', () => {
    const ahead = onPan(following(10_000), 500, sceneAt(10_000));
    const next = onData({ ...ahead, mode: { kind: 'follow', window: 'fixed' } }, sceneAt(10_001));
    expect(next.scale.from).toBe(ahead.scale.from);
  });
});

describe('inspect (F4, F5)', () => {
  const now = sceneAt(10_000);
  const away = onPan(following(10_000), -200, now);

  test('a pan away from the edge enters it', () => {
    expect(away.mode).toEqual({ kind: 'inspect' });
  });

  test('new data never moves the view', () => {
    expect(onData(away, sceneAt(60_000))).toBe(away);
  });

  test('touching now with the right edge follows again, at this width', () => {
    const gap = (10_000 - rightEdge(away.scale, width)) / away.scale.msPerPx;
    const almost = onPan(away, gap - 1, now);
    expect(almost.mode).toEqual({ kind: 'inspect' });
    const touching = onPan(almost, 1.001, now);
    expect(touching.mode).toEqual({ kind: 'follow', window: 'fixed' });
    expect(touching.scale.msPerPx).toBe(away.scale.msPerPx);
  });

  test('whoever pans on beyond now follows, with now still in sight', () => {
    const beyond = onPan(away, 5_000, now);
    expect(beyond.mode).toEqual({ kind: 'follow', window: 'fixed' });
    expect(beyond.scale.from).toBeLessThan(10_000);
  });

  test('only back to live shows everything again', () => {
    expect(onBackToLive(now)).toEqual(following(10_000));
  });

  test('a run that begins while the user looks at another part does not move the view', () => {
    const looked = onPan(initialView, 40, sceneAt(8_000, false));
    expect(onLive(looked, true)).toEqual({ ...looked, mode: { kind: 'inspect' } });
  });
});

describe('nobody gets lost', () => {
  const visible = (view: View): number => {
    const left = Math.max(0, view.scale.from);
    const right = Math.min(10_000, rightEdge(view.scale, width));
    return (right - left) / view.scale.msPerPx;
  };

  test.each([-1e6, -3_000, 3_000, 1e6])('panning by %d pixels keeps a tenth of the view filled', (pixels) => {
    for (const live of [true, false])
      expect(visible(onPan(following(10_000), pixels, sceneAt(10_000, live)))).toBeGreaterThanOrEqual(99.9);
  });

  test('zooming out ends when the run fills a tenth of the view', () => {
    const far = onZoom(following(10_000), { x: 500, factor: 1e-6 }, sceneAt(10_000, false));
    expect(visible(far)).toBeGreaterThan(90);
    expect(visible(far)).toBeLessThan(110);
  });
});

test('the end of a run freezes the view, whole or as the user left it', () => {
  expect(onLive(following(5_000), false).mode).toEqual({ kind: 'static', touched: false });
  const inspected = onPan(following(5_000), -200, sceneAt(5_000));
  expect(onLive(inspected, false)).toEqual({ ...inspected, mode: { kind: 'static', touched: true } });
});
