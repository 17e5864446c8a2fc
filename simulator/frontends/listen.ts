import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err, ok, type Result } from '../base/result.ts';

/** Listens on a TCP port of `host`, 0 for a free one, and answers which it is. The error is one sentence. */
export function listen(http: Server, host: string, wanted: number): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    const failed = (problem: Error): void => {
      const remedy = 'Choose another port, or 0 for a free one';
      resolve(err(`Cannot listen on ${host}:${wanted} (${problem.message}). ${remedy}.`));
    };
    http.once('error', failed);
    http.listen(wanted, host, () => {
      http.off('error', failed);
      resolve(ok((http.address() as AddressInfo).port));
    });
  });
}
