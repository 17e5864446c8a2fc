import type { Fold } from './fold.ts';
import {
  fit,
  panBy,
  pictureExtent,
  rightEdge,
  zoomAbout,
  HEAD_ROOM,
  type Extent,
  type TimeScale,
} from './time-scale.ts';

/**
 * How the view answers new data.
 *
 *  F1. `static`: nothing is running. The view shows everything until the user moves it, then stays.
 *  F2. `follow`, `window: 'all'`: everything from the beginning to now stays in view.
 *  F3. `follow`, `window: 'fixed'`: the width is the user's; the right edge moves with now.
 *  F4. `inspect`: the user looks at something. New data never moves the view.
 *  F5. A view whose right edge touches now follows again, with the width it has; only the explicit
 *      "back to live" goes back to F2.
 */
export type FollowMode =
  | { readonly kind: 'static'; readonly touched: boolean }
  | { readonly kind: 'follow'; readonly window: 'all' | 'fixed' }
  | { readonly kind: 'inspect' };

export interface View {
  readonly scale: TimeScale;
  readonly mode: FollowMode;
}

/** What there is to see: the extent of all spans (its end is now, while live) and the width in pixels. */
export interface Scene {
  readonly extent: Extent;
  readonly width: number;
  readonly live: boolean;
  /** The idle gaps of all that is known; a view that must not move keeps the fold it has. */
  readonly fold?: Fold;
}

export const initialView: View = {
  scale: { from: 0, msPerPx: 10 },
  mode: { kind: 'static', touched: false },
};

/** The view after time went on, spans came in, or the panel changed its size. */
export function onData(view: View, scene: Scene): View {
  switch (view.mode.kind) {
    case 'inspect':
      return view;
    case 'static':
      return view.mode.touched ? view : { ...view, scale: fit(scene.extent, scene.width, scene.fold) };
    case 'follow':
      return view.mode.window === 'all'
        ? { ...view, scale: fit(scene.extent, scene.width, scene.fold) }
        : { ...view, scale: endAt(view.scale, scene) };
  }
}

/** The view when something starts to run, or everything has ended. */
export function onLive(view: View, live: boolean): View {
  if (live) {
    return view.mode.kind === 'static' && !view.mode.touched
      ? { ...view, mode: { kind: 'follow', window: 'all' } }
      : view.mode.kind === 'static'
        ? { ...view, mode: { kind: 'inspect' } }
        : view;
  }
  if (view.mode.kind === 'static') return view;
  const whole = view.mode.kind === 'follow' && view.mode.window === 'all';
  return { ...view, mode: { kind: 'static', touched: !whole } };
}

export function onPan(view: View, pixels: number, scene: Scene): View {
  return settle(view, panBy(view.scale, pixels), scene);
}

/** Zooms about `x`; without one about now while following, else about the middle. */
export function onZoom(
  view: View,
  zoom: { readonly x?: number | undefined; readonly factor: number },
  scene: Scene,
): View {
  const anchor = view.mode.kind === 'follow' ? scene.width * (1 - HEAD_ROOM) : scene.width / 2;
  return settle(view, zoomAbout(view.scale, zoom.x ?? anchor, zoom.factor), scene);
}

/** Moves to a place that was asked for, such as the selected bar. */
export const onGoTo = (view: View, scale: TimeScale, scene: Scene): View => settle(view, scale, scene);

export const onBackToLive = (scene: Scene): View => ({
  scale: fit(scene.extent, scene.width, scene.fold),
  mode: scene.live ? { kind: 'follow', window: 'all' } : { kind: 'static', touched: false },
});

function settle(view: View, wanted: TimeScale, scene: Scene): View {
  const scale = keepInSight(wanted, scene);
  if (!scene.live) return { scale, mode: { kind: 'static', touched: true } };
  // Contact decides, not nearness: the right edge is at now or beyond it.
  if (rightEdge(scale, scene.width) >= scene.extent.to) {
    const unmoved = view.mode.kind === 'follow' && scale.msPerPx === view.scale.msPerPx;
    return { scale, mode: unmoved ? view.mode : { kind: 'follow', window: 'fixed' } };
  }
  return { scale, mode: { kind: 'inspect' } };
}

/** Part of the view's width where something of the run must be. */
const IN_SIGHT = 0.1;

/** Nobody gets lost: neither panning nor zooming leaves the run behind. */
function keepInSight(scale: TimeScale, { extent: virtual, width }: Scene): TimeScale {
  const extent = pictureExtent(scale, virtual);
  const { msPerPx } = longest(scale, fit({ from: 0, to: (extent.to - extent.from) / IN_SIGHT }, width));
  // Zooming out beyond the limit shows more of what is left of the run and of what is right of it alike.
  const from = scale.from + ((scale.msPerPx - msPerPx) * width) / 2;
  const view = width * msPerPx;
  const least = extent.from - view * (1 - IN_SIGHT);
  const most = extent.to - view * IN_SIGHT;
  return { ...scale, msPerPx, from: Math.max(least, Math.min(Math.max(least, most), from)) };
}

const longest = (scale: TimeScale, limit: TimeScale): TimeScale =>
  scale.msPerPx <= Math.max(1, limit.msPerPx) ? scale : { ...limit, msPerPx: Math.max(1, limit.msPerPx) };

function endAt(scale: TimeScale, scene: Scene): TimeScale {
  const from = pictureExtent(scale, scene.extent).to - scene.width * (1 - HEAD_ROOM) * scale.msPerPx;
  // Following never goes back: head-room that the user scrolled to is used up first.
  return from > scale.from ? { ...scale, from } : scale;
}
