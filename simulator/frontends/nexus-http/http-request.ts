import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { sortHeaders, type NexusHeaders } from './request-header.ts';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly headers: NexusHeaders;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export const httpRequest = (message: IncomingMessage, query: string, body: Buffer): HttpRequest => ({
  headers: sortHeaders(message.rawHeaders),
  query: new URLSearchParams(query),
  body,
});

/** Reads a body up to a size; `undefined` when it is larger, or broken off. */
export function readBody(message: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        // What follows is neither kept nor waited for.
        message.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', () => resolve(undefined));
    message.once('close', () => resolve(undefined));
  });
}
