import { describe, expect, test } from 'vitest';
import { callbackUrlProblem } from '../../../../../simulator/engine/nexus/callback-url.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';

const problem = (url: string, callbackAllowedAddresses?: string) =>
  callbackUrlProblem(
    url,
    limitsOf('server', callbackAllowedAddresses === undefined ? {} : { callbackAllowedAddresses }),
  );

describe('where completions may be sent', () => {
  test.each([
    'http://127.0.0.1:7243/nexus/callback',
    'http://localhost/cb',
    'https://localhost:8443/cb',
    'http://[::1]:80/cb',
    'HTTP://LOCALHOST:1/cb',
  ])('%s is allowed unless told otherwise', (url) => {
    expect(problem(url)).toBeUndefined();
  });

  test.each([
    ['http://example.com/cb', 'does not match any configured callback address'],
    ['http://localhost.example.com/cb', 'does not match any configured callback address'],
    ['http://localhost:1@example.com/cb', 'does not match any configured callback address'],
    ['http://example.com\\@localhost:1/cb', 'does not match any configured callback address'],
    ['ftp://localhost/cb', 'unknown scheme'],
    ['temporal://internal', 'unknown scheme'],
    ['localhost/cb', 'unknown scheme'],
    ['', 'unknown scheme'],
    ['http:///cb', 'missing host'],
    [`http://localhost/${'x'.repeat(1_000)}`, 'longer than max length allowed of 1000'],
  ])('%s is not: %s', (url, message) => {
    expect(problem(url)).toContain(message);
  });

  test('patterns name hosts and ports, and ask for TLS unless they say otherwise', () => {
    const rules = '*.example.com:443, http://cb-*:80';
    expect(problem('https://a.b.example.com/cb', rules)).toBeUndefined();
    expect(problem('https://a.example.com:8443/cb', rules)).toContain('does not match');
    expect(problem('http://a.example.com:443/cb', rules)).toContain('does not allow insecure');
    expect(problem('http://cb-1/cb', rules)).toBeUndefined();
    expect(problem('http://localhost:80/cb', rules)).toContain('does not match');
    expect(problem('https://aXexample.com/cb', '*.example.com:443')).toContain('does not match');
  });
});
