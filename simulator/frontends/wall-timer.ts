import { toDisposable, type Disposable } from '../base/disposable.ts';

/** Real time, for what other processes impose: the deadlines of their calls, the pace at which they read. */
export interface WallTimer {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `due` once after `delayMs`, unless disposed before. */
  after(delayMs: number, due: () => void): Disposable;
}

export const wallTimer: WallTimer = {
  now: () => Date.now(),
  after: (delayMs, due) => {
    const timer = setTimeout(due, delayMs);
    return toDisposable(() => clearTimeout(timer));
  },
};
