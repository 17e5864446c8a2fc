import { toDisposable, type Disposable } from '../base/disposable.ts';
import { ms, type DurationMs } from '../base/time.ts';

/** Real time, for pacing. Tests put a twin in its place. */
export interface WallClock {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  elapsed(): DurationMs;
  setTimer(delay: DurationMs, fire: () => void): Disposable;
  /** Calls back when every promise that is already settled has been heard. */
  whenQuiet(fire: () => void): Disposable;
}

/** The longest delay that Node's timers take. */
const DELAY_MAX = 2 ** 31 - 1;

export const systemWallClock: WallClock = {
  elapsed: () => ms(performance.now()),
  setTimer: (delay, fire) => {
    const timer = setTimeout(fire, Math.min(Math.max(delay, 0), DELAY_MAX));
    return toDisposable(() => clearTimeout(timer));
  },
  whenQuiet: (fire) => {
    const immediate = setImmediate(fire);
    return toDisposable(() => clearImmediate(immediate));
  },
};
