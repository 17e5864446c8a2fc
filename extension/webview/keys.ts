import type { Action } from './store.ts';

/** What a key press brings: a change of the view, or a jump to code. */
export type KeyEffect = Action | { readonly type: 'go-to-handler' };

/** The part of a keyboard event that matters here. */
export interface KeyPress {
  /** The physical key: letters keep their places on every keyboard layout. */
  readonly code: string;
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const PAN_STEP = 80;
const ZOOM_STEP = 1.5;

/** One table for the keys and for the help sheet. `keys` is what the sheet prints. */
export const bindings = [
  { codes: ['KeyA'], keys: 'A', help: 'Pan to earlier', effect: { type: 'pan', pixels: -PAN_STEP } },
  { codes: ['KeyD'], keys: 'D', help: 'Pan to later', effect: { type: 'pan', pixels: PAN_STEP } },
  { codes: ['KeyW'], keys: 'W', help: 'Zoom in', effect: { type: 'zoom', factor: ZOOM_STEP } },
  { codes: ['KeyS'], keys: 'S', help: 'Zoom out', effect: { type: 'zoom', factor: 1 / ZOOM_STEP } },
  { codes: ['KeyF'], keys: 'F', help: 'Show the selected bar in full', effect: { type: 'focus-selection' } },
  { codes: ['KeyL'], keys: 'L', help: 'Back to live: show everything', effect: { type: 'back-to-live' } },
  { codes: ['ArrowDown'], keys: '↓', help: 'Next bar', effect: { type: 'move', move: 'next' } },
  { codes: ['ArrowUp'], keys: '↑', help: 'Previous bar', effect: { type: 'move', move: 'previous' } },
  { codes: ['ArrowRight'], keys: '→', help: 'First bar inside', effect: { type: 'move', move: 'child' } },
  { codes: ['ArrowLeft'], keys: '←', help: 'Bar around', effect: { type: 'move', move: 'parent' } },
  { codes: ['Home'], keys: 'Home', help: 'First bar', effect: { type: 'move', move: 'first' } },
  { codes: ['End'], keys: 'End', help: 'Last bar', effect: { type: 'move', move: 'last' } },
  {
    codes: ['Enter', 'NumpadEnter'],
    keys: 'Enter',
    help: 'Go to the handler’s code',
    effect: { type: 'go-to-handler' },
  },
  { codes: ['Escape'], keys: 'Esc', help: 'Clear the selection', effect: { type: 'select', id: undefined } },
] as const satisfies readonly {
  readonly codes: readonly string[];
  readonly keys: string;
  readonly help: string;
  readonly effect: KeyEffect;
}[];

/** Gestures of the pointer, for the help sheet. */
export const gestures = [
  { keys: 'Drag, Shift+wheel', help: 'Pan in time' },
  { keys: 'Ctrl+wheel, ⌘+wheel', help: 'Zoom about the pointer' },
  { keys: 'Double-click', help: 'Go to the handler’s code' },
] as const;

/** What a key means while the timeline has the focus. Combinations belong to the editor. */
export function effectOf(press: KeyPress, helpOpen: boolean): KeyEffect | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  if (press.key === '?') return { type: 'help', open: !helpOpen };
  if (press.key === 'Escape' && helpOpen) return { type: 'help', open: false };
  if (press.shiftKey) return undefined;
  const codes = (one: { readonly codes: readonly string[] }): boolean => one.codes.includes(press.code);
  return bindings.find(codes)?.effect;
}
