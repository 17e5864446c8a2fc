import type { VNode } from 'preact';
import type { Connection } from '../timeline/messages.ts';
import type { PageProps } from './page-props.ts';
import { readableDuration } from './describe.ts';
import { isLive, type State } from './store.ts';

export function Toolbar({ state, dispatch, send }: PageProps): VNode {
  const paused = state.clock?.mode.mode === 'paused';
  const away = isLive(state) && (state.view.mode.kind !== 'follow' || state.view.mode.window !== 'all');
  return (
    <div class="toolbar" role="toolbar" aria-label="Timeline">
      <button type="button" onClick={() => send({ type: 'run-world' })}>
        Run World File
      </button>
      <button
        type="button"
        disabled={state.connection.kind !== 'connected'}
        aria-pressed={paused}
        onClick={() => send({ type: 'clock', mode: { mode: paused ? 'run' : 'paused' } })}
      >
        {paused ? 'Resume clock' : 'Pause clock'}
      </button>
      <button type="button" onClick={() => dispatch({ type: 'zoom', factor: 1.5 })}>
        Zoom in
      </button>
      <button type="button" onClick={() => dispatch({ type: 'zoom', factor: 1 / 1.5 })}>
        Zoom out
      </button>
      <button type="button" onClick={() => dispatch({ type: 'back-to-live' })}>
        {away ? 'Back to live' : 'Show all'}
      </button>
      <button
        type="button"
        aria-expanded={state.helpOpen}
        onClick={() => dispatch({ type: 'help', open: true })}
      >
        Keys
      </button>
      <span class="status" role="status">
        {statusOf(state)}
        {state.dropped > 0 && `; ${state.dropped} older bars dropped`}
      </span>
      <span class="clock">{readableDuration(state.now)}</span>
    </div>
  );
}

/** The sentence that screen readers hear when the situation changes; the time is not in it, it changes always. */
function statusOf({ connection, verdict, clock, run }: State): string {
  if (connection.kind !== 'connected') return connectionText[connection.kind];
  if (verdict !== undefined) {
    const failed = verdict.expectations.filter((expectation) => !expectation.passed).length;
    if (verdict.passed) return 'Finished: all expectations met';
    return `Finished: ${failed} of ${verdict.expectations.length} expectations failed`;
  }
  if (clock?.mode.mode === 'paused') return 'Paused';
  return run === undefined ? 'Ready' : 'Running';
}

const connectionText = {
  stopped: 'Simulator stopped',
  starting: 'Simulator starting',
  reconnecting: 'Reconnecting to the simulator',
  failed: 'Simulator ended',
} as const satisfies Record<Exclude<Connection['kind'], 'connected'>, string>;
