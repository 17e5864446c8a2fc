import { request as httpRequest } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly header?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** One HTTP exchange with a server of this machine, on a connection of its own. */
export function exchange(address: string, path: string, wanted: RawRequest = {}): Promise<RawAnswer> {
  const [host, port] = address.split(':');
  const { method = 'POST', header = {}, body = '' } = wanted;
  const headers = Object.fromEntries(
    Object.entries(header).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}

export const jsonOf = (answer: RawAnswer): unknown => JSON.parse(answer.body.toString('utf8'));
