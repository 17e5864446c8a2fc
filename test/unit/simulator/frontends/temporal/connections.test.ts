import { expect, test } from 'vitest';
import { Connections } from '../../../../../simulator/frontends/temporal/connections.ts';

function listen(): { readonly connections: Connections; readonly gone: string[] } {
  const gone: string[] = [];
  const connections = new Connections((identity) => gone.push(identity));
  return { connections, gone };
}

test('a worker is gone when its last connection is', () => {
  const { connections, gone } = listen();
  connections.opened('host:1');
  connections.opened('host:2');
  connections.polled('host:1', 'both');
  connections.polled('host:2', 'both');
  connections.polled('host:2', 'second');
  connections.closed('host:2');
  expect(gone).toEqual(['second']);
  connections.closed('host:1');
  expect(gone).toEqual(['second', 'both']);
});

test('a connection over which nobody polled takes nobody with it', () => {
  const { connections, gone } = listen();
  connections.opened('host:1');
  connections.closed('host:1');
  connections.closed('host:1');
  connections.polled('host:1', 'too late');
  expect(gone).toEqual([]);
});

test('the end of the server is not the end of its workers', () => {
  const { connections, gone } = listen();
  connections.opened('host:1');
  connections.polled('host:1', 'worker');
  connections.dispose();
  connections.closed('host:1');
  expect(gone).toEqual([]);
});
