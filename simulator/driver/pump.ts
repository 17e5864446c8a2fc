import type { Disposable } from '../base/disposable.ts';
import type { DurationMs } from '../base/time.ts';
import type { WallClock } from './wall-clock.ts';

/** Calls the driver back when all is quiet, or after some real time; once, however often it was asked. */
export class Pump implements Disposable {
  readonly #wall: WallClock;
  readonly #turn: () => void;
  #soon: Disposable | undefined;
  #alarm: Disposable | undefined;

  constructor(wall: WallClock, turn: () => void) {
    this.#wall = wall;
    this.#turn = turn;
  }

  /** Takes a turn when every promise that is already settled has been heard. */
  schedule(): void {
    this.#soon ??= this.#wall.whenQuiet(() => {
      this.#soon = undefined;
      this.#turn();
    });
  }

  /** Takes a turn after this long; never, when there is no delay. Replaces an earlier alarm. */
  alarmAfter(delay: DurationMs | undefined): void {
    this.#alarm?.dispose();
    this.#alarm = delay === undefined ? undefined : this.#wall.setTimer(delay, () => this.#turn());
  }

  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#wall.whenQuiet(resolve);
    });
  }

  dispose(): void {
    this.#soon?.dispose();
    this.#alarm?.dispose();
  }
}
