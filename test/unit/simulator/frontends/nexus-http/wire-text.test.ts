import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFailure, writeFailure } from '../../../../../simulator/frontends/nexus-http/failure-body.ts';
import { readLinks, writeLinks } from '../../../../../simulator/frontends/nexus-http/link-header.ts';
import { isJson, mediaType } from '../../../../../simulator/frontends/nexus-http/media-type.ts';
import {
  readTimeout,
  sortHeaders,
  workerHeader,
} from '../../../../../simulator/frontends/nexus-http/request-header.ts';
import { routeOf } from '../../../../../simulator/frontends/nexus-http/route.ts';
import { encodeText } from '../../../../../simulator/base/base64.ts';

describe('paths', () => {
  const byId = { endpointId: 'id' };
  const byQueue = { namespace: 'n/s', taskQueue: 'q q' };
  test.each([
    ['/nexus/endpoints/id/services/s/op', { kind: 'start', target: byId, service: 's', operation: 'op' }],
    [
      '/nexus/endpoints/id/services/s%2Ft/o%20p/cancel',
      { kind: 'cancel', target: byId, service: 's/t', operation: 'o p' },
    ],
    [
      '/nexus/endpoints/id/services/s/op/a%2Fb/cancel',
      { kind: 'cancel', target: byId, service: 's', operation: 'op', token: 'a/b' },
    ],
    [
      '/namespaces/n%2Fs/task-queues/q%20q/nexus-services/s/op',
      { kind: 'start', target: byQueue, service: 's', operation: 'op' },
    ],
    [
      '/namespaces/n%2Fs/task-queues/q%20q/nexus-services/s/op/cancel',
      { kind: 'cancel', target: byQueue, service: 's', operation: 'op' },
    ],
    ['/nexus/callback', { kind: 'complete' }],
    ['/namespaces/n%2Fs/nexus/callback', { kind: 'complete', namespace: 'n/s' }],
    ['/', 'unknown'],
    ['/nexus/endpoints/id/services/s', 'unknown'],
    ['/nexus/endpoints/id/services/s/op/other', 'unknown'],
    ['/nexus/endpoints/id/services/s/op/t/x/cancel', 'unknown'],
    ['/nexus/callback/', 'unknown'],
    ['/nexus/endpoints/%zz/services/s/op', 'malformed'],
    ['/nexus/endpoints/id/services/%ff/op', 'malformed'],
    ['/namespaces/%/nexus/callback', 'malformed'],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });
});

describe('links', () => {
  const one = { url: 'temporal:///namespaces/a/workflows/b/c/history?eventID=1', type: 'a.b_C/1' };

  test('come back, one or several, in one header or in many', () => {
    const written = writeLinks([one, { ...one, url: 'https://x' }]);
    expect(written[0]).toBe(`<${one.url}>; type="a.b_C/1"`);
    expect(readLinks(written)).toEqual([one, { ...one, url: 'https://x' }]);
    expect(readLinks([written.join(', ')])).toHaveLength(2);
    expect(readLinks(['<https://x>; other="1"; type=T'])).toEqual([{ url: 'https://x', type: 'T' }]);
    expect(readLinks([])).toEqual([]);
  });

  test.each([
    '',
    'https://x',
    '<https://x>',
    '<>; type="a"',
    '<https://x>; type=""',
    '<x>; type="a b"',
    '<x; type="a"',
  ])('%j is none', (text) => {
    expect(readLinks([text])).toBeUndefined();
  });

  test('what has no form on the wire is left out', () => {
    expect(writeLinks([{ url: 'a,b', type: 'T' }, { url: 'x>y', type: 'T' }, { url: 'x' }, {}])).toEqual([]);
  });
});

describe('headers', () => {
  test('are sorted by what they are about; of several values the first counts', () => {
    const raw = ['Content-Type', 'a/b', 'NEXUS-Callback-Token', 't', 'X', '1', 'x', '2', 'Host', 'h'];
    expect(sortHeaders([...raw, 'Nexus-Link', 'l', 'nexus-link', 'm', '__proto__', 'p'])).toMatchObject({
      content: { type: 'a/b' },
      callback: { token: 't' },
      links: ['l', 'm'],
    });
    expect(Object.entries(sortHeaders(raw).others)).toEqual([['x', '1']]);
  });

  test('that are nobody’s business do not reach a worker', () => {
    const raw = ['Accept-Encoding', 'X-Forwarded-For', 'xdc-redirection', 'Temporal-Nexus-Failure-Support'];
    const headers = sortHeaders(['Keep', 'me', ...raw.flatMap((name) => [name, 'x'])]);
    expect(workerHeader(headers)).toEqual({ keep: 'me' });
  });

  test.each([
    ['10ms', 10],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['0.5ms', 0],
    ['', undefined],
    ['10', undefined],
    ['1h', undefined],
    ['-1s', undefined],
    ['1 s', undefined],
    ['1e3s', undefined],
    [`${'9'.repeat(400)}m`, undefined],
  ])('a timeout of %s', (text, value) => {
    expect(readTimeout(text)).toBe(value);
  });
});

describe('media types', () => {
  test.each([
    ['application/json', { type: 'application/json', parameters: {} }],
    ['Application/JSON ; A=b;c="d\\"e"', { type: 'application/json', parameters: { a: 'b', c: 'd"e' } }],
    ['json', undefined],
    ['a/b;', undefined],
    ['a/b; c="d', undefined],
  ])('%s', (text, value) => {
    expect(mediaType(text)).toEqual(value);
  });

  test('JSON is JSON, whatever its parameters', () => {
    expect(['application/json; charset=utf-8', 'text/html', undefined].map(isJson)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('failures', () => {
  test('come back with details and causes', () => {
    const details = encodeText('{"a":[1]}');
    const failure = {
      message: 'm',
      stackTrace: 's',
      metadata: { type: 't' },
      details,
      cause: { message: 'c' },
    };
    expect(JSON.parse(writeFailure(failure).toString())).toMatchObject({ details: { a: [1] } });
    expect(readFailure(writeFailure(failure))).toEqual(failure);
  });

  test.each([
    'no json',
    '[]',
    '1',
    'null',
    '{"message":1}',
    '{"metadata":{"a":1}}',
    '{"cause":1}',
    '{"stackTrace":{}}',
    `${'{"cause":'.repeat(101)}{}${'}'.repeat(101)}`,
    `${'{"details":['.repeat(1)}${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
  ])('what is none is told from one: %#', (text) => {
    expect(readFailure(Buffer.from(text))).toBeUndefined();
  });

  test('no bytes make the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        readFailure(Buffer.from(text));
      }),
    );
  });
});
