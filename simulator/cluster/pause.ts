import { DisposableStore, toDisposable } from '../base/disposable.ts';
import type { CancellationSignal } from '../base/cancellation.ts';

/** Settles after this many milliseconds of the wall clock; at once when cancelled. */
export function pause(durationMs: number, signal?: CancellationSignal): Promise<void> {
  return new Promise((resolve) => {
    const held = new DisposableStore();
    const end = (): void => {
      held.dispose();
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    held.add(toDisposable(() => clearTimeout(timer)));
    if (signal !== undefined) held.add(signal.onCancelled(end));
  });
}
