import type { VNode } from 'preact';
import { assertNever } from '../../simulator/base/assert.ts';
import type { Connection } from '../timeline/messages.ts';
import type { PageProps } from './page-props.ts';

/** Says why there is nothing to see, and offers the step that changes it. */
export function EmptyState({ state, send }: PageProps): VNode {
  const stopped = state.connection.kind === 'stopped' || state.connection.kind === 'failed';
  return (
    <section class="empty" aria-label="Nothing to show">
      <p>{reasonOf(state.connection)}</p>
      <button type="button" class="primary" onClick={() => send({ type: 'run-world' })}>
        Run World File
      </button>
      {stopped && (
        <button type="button" onClick={() => send({ type: 'start-simulator' })}>
          Start Simulator
        </button>
      )}
    </section>
  );
}

function reasonOf(connection: Connection): string {
  switch (connection.kind) {
    case 'stopped':
      return 'The simulator is not running. Run a world file, or start the simulator and connect your workers to it.';
    case 'starting':
      return 'The simulator is starting.';
    case 'reconnecting':
      return 'The connection to the simulator was lost and is being restored.';
    case 'failed':
      return connection.message;
    case 'connected':
      return connection.grpcAddress === undefined
        ? 'Nothing has run yet. Run a world file to see its operations here.'
        : `Nothing has run yet. Run a world file, or connect your workers to ${connection.grpcAddress}.`;
    default:
      return assertNever(connection);
  }
}
