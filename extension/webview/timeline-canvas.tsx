import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { PageProps } from './page-props.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { describe } from './describe.ts';
import { hitTest } from './hit-test.ts';
import type { Bar } from './layout.ts';
import { paint } from './paint.ts';
import { relatedBars } from './related.ts';
import { AXIS_HEIGHT, gutterWidth } from './stack.ts';
import { isLive, selectedBar, type Action, type State } from './store.ts';
import { onThemeChange, readTheme } from './theme.ts';

/** The time axis with its bars. Pointer and wheel become actions; what is drawn is the state's. */
export function TimelineCanvas({ state, dispatch, perform }: PageProps): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const surface = useRef<CanvasSurface>(undefined);
  const latest = useRef(state);
  const drag = useRef<{ readonly x: number; readonly moved: boolean }>(undefined);
  latest.current = state;

  useEffect(() => {
    const element = canvas.current;
    return element === null ? undefined : observe(element, { latest, surface, dispatch });
  }, []);
  useLayoutEffect(() => {
    if (canvas.current !== null) surface.current = draw(canvas.current, state, surface.current);
  });

  const hovered = state.model.bar(state.hovered);
  return (
    <>
      <canvas
        ref={canvas}
        aria-hidden="true"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.offsetX, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (from === undefined) {
            dispatch({ type: 'hover', id: barAt(state, event)?.span.id });
            return;
          }
          const pixels = from.x - event.offsetX;
          if (!from.moved && Math.abs(pixels) < DRAG_SLACK) return;
          drag.current = { x: event.offsetX, moved: true };
          dispatch({ type: 'pan', pixels });
        }}
        onPointerUp={(event) => {
          if (drag.current?.moved === false) dispatch({ type: 'select', id: barAt(state, event)?.span.id });
          drag.current = undefined;
        }}
        onPointerCancel={() => (drag.current = undefined)}
        onPointerLeave={() => dispatch({ type: 'hover', id: undefined })}
        onDblClick={() => perform({ type: 'go-to-handler' })}
      />
      {hovered !== undefined && (
        <div class="tooltip" aria-hidden="true">
          {describe(hovered)}
        </div>
      )}
    </>
  );
}

/** A press that moves less is a click. */
const DRAG_SLACK = 4;

function barAt(state: State, point: { readonly offsetX: number; readonly offsetY: number }): Bar | undefined {
  const x = point.offsetX - gutterWidth(state.size.width);
  if (x < 0 || point.offsetY < AXIS_HEIGHT) return undefined;
  const scene = { stack: state.stack, scale: state.view.scale, now: state.now };
  return hitTest(scene, x, point.offsetY - AXIS_HEIGHT + state.scrollTop);
}

interface Observed {
  readonly latest: { readonly current: State };
  readonly surface: { current: CanvasSurface | undefined };
  readonly dispatch: (action: Action) => void;
}

/** Size, theme and wheel need listeners of their own: the wheel's must be allowed to prevent scrolling. */
function observe(element: HTMLCanvasElement, { latest, surface, dispatch }: Observed): () => void {
  const resize = new ResizeObserver(() => {
    dispatch({ type: 'resized', width: element.clientWidth, height: element.clientHeight });
  });
  resize.observe(element);
  onThemeChange(document.documentElement, () => {
    surface.current = draw(element, latest.current, undefined);
  });
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const vertical = toPixels(event.deltaY, event.deltaMode);
    const horizontal = toPixels(event.deltaX, event.deltaMode);
    if (event.ctrlKey || event.metaKey)
      dispatch({
        type: 'zoom',
        factor: Math.exp(-vertical / 300),
        x: Math.max(0, event.offsetX - gutterWidth(element.clientWidth)),
      });
    else if (event.shiftKey) dispatch({ type: 'pan', pixels: vertical + horizontal });
    else {
      if (vertical !== 0) dispatch({ type: 'scroll', pixels: vertical });
      if (horizontal !== 0) dispatch({ type: 'pan', pixels: horizontal });
    }
  };
  element.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    resize.disconnect();
    element.removeEventListener('wheel', onWheel);
  };
}

/** A wheel may count in lines or pages instead of pixels. */
const toPixels = (delta: number, mode: number): number => delta * ([1, 16, 400][mode] ?? 1);

/** Draws the state. The surface is kept for the next time, because it owns the textures of the theme. */
function draw(
  element: HTMLCanvasElement,
  state: State,
  known: CanvasSurface | undefined,
): CanvasSurface | undefined {
  const ratio = window.devicePixelRatio;
  const width = Math.round(element.clientWidth * ratio);
  const height = Math.round(element.clientHeight * ratio);
  if (element.width !== width) element.width = width;
  if (element.height !== height) element.height = height;
  const context = element.getContext('2d', { alpha: false });
  if (context === null) return undefined;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const surface = known ?? makeSurface(element, context);
  const selected = selectedBar(state);
  paint(surface, {
    stack: state.stack,
    scale: state.view.scale,
    width: element.clientWidth,
    height: element.clientHeight,
    scrollTop: state.scrollTop,
    now: state.now,
    live: isLive(state),
    selected,
    related: selected === undefined ? [] : relatedBars(state.model, selected),
    hovered: state.model.bar(state.hovered),
  });
  return surface;
}

function makeSurface(element: HTMLCanvasElement, context: CanvasRenderingContext2D): CanvasSurface {
  const { fontFamily } = getComputedStyle(element);
  return new CanvasSurface(context, readTheme(document.documentElement), `12px ${fontFamily}`);
}
