import { assertNever } from '../../simulator/base/assert.ts';
import type { ClockState, Verdict } from '../../simulator/protocol/contract.ts';
import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Connection, ToPage } from '../timeline/messages.ts';
import {
  initialView,
  onBackToLive,
  onData,
  onGoTo,
  onLive,
  onPan,
  onZoom,
  type FollowMode,
  type Scene,
  type View,
} from './follow.ts';
import { foldIdle, unfolded, type Fold } from './fold.ts';
import { endOf, type Bar } from './layout.ts';
import { nextBar, type Move } from './outline.ts';
import { AXIS_HEIGHT, barTop, emptyStack, gutterWidth, scrollTo, stackLanes, type Stack } from './stack.ts';
import { fit, pictureExtent, toX } from './time-scale.ts';
import { TimelineModel } from './timeline-model.ts';

/** All that the page shows. Only {@link reduce} makes a new one. */
export interface State {
  readonly connection: Connection;
  readonly run: number | undefined;
  readonly now: number;
  /** How many spans of the run are there no more. */
  readonly dropped: number;
  readonly clock: ClockState | undefined;
  readonly verdict: Verdict | undefined;
  /** Changed in place by `spans`; a new one for each run. */
  readonly model: TimelineModel;
  readonly stack: Stack;
  readonly view: View;
  /** The idle gaps of the run, as of the last spans. */
  readonly fold: Fold;
  readonly size: { readonly width: number; readonly height: number };
  readonly scrollTop: number;
  readonly selected: SpanId | undefined;
  readonly hovered: SpanId | undefined;
  readonly helpOpen: boolean;
}

export type Action =
  | Exclude<ToPage, { readonly type: 'command' }>
  | { readonly type: 'resized'; readonly width: number; readonly height: number }
  | { readonly type: 'pan'; readonly pixels: number }
  | { readonly type: 'zoom'; readonly factor: number; readonly x?: number }
  | { readonly type: 'scroll'; readonly pixels: number }
  /** Shows the selected bar in full, at a size that leaves some of its neighbours. */
  | { readonly type: 'focus-selection' }
  | { readonly type: 'back-to-live' }
  | { readonly type: 'select'; readonly id: SpanId | undefined }
  | { readonly type: 'move'; readonly move: Move }
  | { readonly type: 'hover'; readonly id: SpanId | undefined }
  | { readonly type: 'help'; readonly open: boolean }
  | { readonly type: 'restore'; readonly saved: Saved };

/** What survives when the page is hidden or the window reloads. */
export interface Saved {
  readonly run: number | undefined;
  readonly view: View;
  readonly scrollTop: number;
  readonly selected: SpanId | undefined;
}

export const initialState = (): State => ({
  connection: { kind: 'stopped' },
  run: undefined,
  now: 0,
  dropped: 0,
  clock: undefined,
  verdict: undefined,
  model: new TimelineModel(),
  stack: emptyStack,
  view: initialView,
  fold: unfolded,
  size: { width: 800, height: 400 },
  scrollTop: 0,
  selected: undefined,
  hovered: undefined,
  helpOpen: false,
});

export const savedOf = ({ run, view, scrollTop, selected }: State): Saved => ({
  run,
  view,
  scrollTop,
  selected,
});

/** The area right of the names. */
export const chartWidth = (state: State): number =>
  Math.max(1, state.size.width - gutterWidth(state.size.width));

/** Whether more may come: the simulator is there, and the run has not ended. */
export const isLive = (state: State): boolean =>
  state.connection.kind === 'connected' && state.run !== undefined && state.verdict === undefined;

export const selectedBar = (state: State): Bar | undefined => state.model.bar(state.selected);

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'connection':
      return onConnection(state, action.connection);
    case 'spans':
      return onSpans(state, action);
    case 'clock':
      return onTime({ ...state, clock: action.clock, now: Math.max(state.now, action.clock.now) });
    case 'finished':
      return action.run === state.run ? relive({ ...state, verdict: action.verdict }, state) : state;
    case 'resized':
      return onTime(clampScroll({ ...state, size: { width: action.width, height: action.height } }));
    case 'scroll':
      return clampScroll({ ...state, scrollTop: state.scrollTop + action.pixels });
    case 'pan':
      return { ...state, view: onPan(state.view, action.pixels, sceneOf(state)) };
    case 'zoom':
      return { ...state, view: onZoom(state.view, action, sceneOf(state)) };
    case 'focus-selection':
      return focused(state);
    case 'back-to-live':
      return { ...state, view: onBackToLive(sceneOf(state)) };
    case 'select':
      return reveal({ ...state, selected: action.id });
    case 'move':
      return moved(state, action.move);
    case 'hover':
      return state.hovered === action.id ? state : { ...state, hovered: action.id };
    case 'help':
      return { ...state, helpOpen: action.open };
    case 'restore':
      return { ...state, ...action.saved };
    default:
      return assertNever(action);
  }
}

function sceneOf(state: State): Scene {
  const extent = state.model.extent(state.now) ?? { from: 0, to: Math.max(1, state.now) };
  return { extent, width: chartWidth(state), live: isLive(state), fold: state.fold };
}

const onTime = (state: State): State => ({ ...state, view: onData(state.view, sceneOf(state)) });

function relive(state: State, before: State): State {
  return isLive(state) === isLive(before)
    ? state
    : onTime({ ...state, view: onLive(state.view, isLive(state)) });
}

function onConnection(state: State, connection: Connection): State {
  // Another process counts its runs from the beginning again: the next spans are not of this run.
  const run = connection.kind === 'starting' ? undefined : state.run;
  return relive({ ...state, connection, run }, state);
}

/** Finding the gaps looks at every span; a run of this size has no gap that would hide the rest. */
const FOLDED_SPANS_MAX = 5_000;

function onSpans(state: State, action: Extract<Action, { readonly type: 'spans' }>): State {
  const next = action.first ? beginning(state, action.run) : state;
  // A message of a run that is over has lost its picture.
  if (action.run !== next.run) return state;
  const before = next.model.shape;
  next.model.remove(action.removed ?? []);
  next.model.apply(action.spans);
  const { dropped = next.dropped } = action;
  const stack = action.first || next.model.shape !== before ? stackLanes(next.model) : next.stack;
  const now = Math.max(next.now, action.now);
  const fold = next.model.size > FOLDED_SPANS_MAX ? next.fold : foldIdle(next.model.instants());
  return relive(onTime(clampScroll({ ...next, stack, now, fold, dropped })), state);
}

/** The state before the first span of a run; of the same run again when the page or the connection came back. */
function beginning(state: State, run: number): State {
  const fresh = {
    ...state,
    run,
    now: 0,
    dropped: 0,
    model: new TimelineModel(),
    stack: emptyStack,
    fold: unfolded,
    hovered: undefined,
  };
  if (run === state.run) return fresh;
  const mode: FollowMode =
    state.connection.kind === 'connected' ? { kind: 'follow', window: 'all' } : initialView.mode;
  const view = { ...initialView, mode };
  return { ...fresh, verdict: undefined, selected: undefined, scrollTop: 0, view };
}

function clampScroll(state: State): State {
  // Before the first spans of a restored page there is nothing to clamp against.
  if (state.stack.items.length === 0) return { ...state, scrollTop: Math.max(0, state.scrollTop) };
  const most = Math.max(0, state.stack.height - (state.size.height - AXIS_HEIGHT));
  return { ...state, scrollTop: Math.min(most, Math.max(0, state.scrollTop)) };
}

/** The part of the view's width that a focused bar takes. */
const FOCUS_PART = 0.6;

function focused(state: State): State {
  const bar = selectedBar(state);
  if (bar === undefined) return { ...state, view: onBackToLive(sceneOf(state)) };
  const { fold } = state.view.scale;
  const { from, to } = pictureExtent(state.view.scale, {
    from: bar.span.start,
    to: endOf(bar.span, state.now),
  });
  const length = Math.max(1, to - from);
  const margin = (length / FOCUS_PART - length) / 2;
  const shown = fit({ from: from - margin, to: from + length + margin }, chartWidth(state));
  const scale = { ...shown, ...(fold !== undefined && { fold }) };
  return reveal({ ...state, view: onGoTo(state.view, scale, sceneOf(state)) });
}

function moved(state: State, move: Move): State {
  const next = nextBar(state.model, selectedBar(state), move);
  return next === undefined ? state : reveal({ ...state, selected: next.span.id });
}

/** Brings the selected bar into view; what is in view already does not move. */
function reveal(state: State): State {
  const bar = selectedBar(state);
  const y = bar === undefined ? undefined : barTop(state.stack, bar);
  if (bar === undefined || y === undefined) return state;
  const scrollTop = scrollTo(y, state.scrollTop, state.size.height - AXIS_HEIGHT);
  const width = chartWidth(state);
  const { scale } = state.view;
  const left = toX(scale, bar.span.start);
  const right = toX(scale, endOf(bar.span, state.now));
  if (right >= 0 && left <= width) return { ...state, scrollTop };
  const pixels = left > width ? left - width / 2 : right - width / 2;
  return { ...state, scrollTop, view: onPan(state.view, pixels, sceneOf(state)) };
}
