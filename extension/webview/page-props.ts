import type { FromPage } from '../timeline/messages.ts';
import type { KeyEffect } from './keys.ts';
import type { Action, State } from './store.ts';

/** What every part of the page gets: the state, and the ways to change it. */
export interface PageProps {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  readonly send: (message: FromPage) => void;
  /** Carries out what a key or a command means. */
  readonly perform: (effect: KeyEffect) => void;
}
