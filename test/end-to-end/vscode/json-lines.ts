// One JSON value per line over a socket, in both directions.
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';

/** Calls back with every value that arrives. A line that isn't JSON ends the connection. */
export function readJsonLines(socket: Socket, receive: (value: unknown) => void): void {
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      socket.destroy(new Error(`Expected one JSON value per line, but got: ${line.slice(0, 200)}`));
      return;
    }
    receive(value);
  });
}

export function writeJsonLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}
