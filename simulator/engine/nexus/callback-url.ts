import { utf8Length } from '../../base/base64.ts';
import type { Limits } from '../../protocol/limits.ts';
import { SYSTEM_CALLBACK_URL } from './token.ts';

/*
 * Which processes a completion may be sent to (`callback.allowedAddresses`, semantics §2.3). The list is one text:
 * patterns of `host:port` with `*` for anything, separated by commas; `http://` in front of one allows it without TLS.
 */

/** Why no completion may be sent to this URL; `undefined` when one may. */
export function callbackUrlProblem(url: string, limits: Limits): string | undefined {
  const { callbackUrlBytesMax, callbackAllowedAddresses } = limits;
  if (utf8Length(url) > callbackUrlBytesMax) {
    return `invalid url: url length longer than max length allowed of ${callbackUrlBytesMax}`;
  }
  const { scheme, address } = partsOf(url);
  if (scheme !== 'http' && scheme !== 'https') {
    return `invalid url: unknown scheme: ${url}: only http, https and ${SYSTEM_CALLBACK_URL} are known`;
  }
  if (address === '') return 'invalid url: missing host';
  for (const { pattern, insecure } of rulesOf(callbackAllowedAddresses)) {
    if (!pattern.test(address)) continue;
    return insecure || scheme === 'https'
      ? undefined
      : `invalid url: callback address does not allow insecure connections: ${url}`;
  }
  return `invalid url: url does not match any configured callback address: ${url}`;
}

/** The address is `host:port`, with the scheme's own port where the URL names none. */
function partsOf(url: string): { readonly scheme: string; readonly address: string } {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)/i.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const lower = scheme.toLowerCase();
  const port = lower === 'https' ? 443 : 80;
  return { scheme: lower, address: host === '' || /:\d+$/.test(host) ? host : `${host}:${port}` };
}

function rulesOf(text: string): { readonly pattern: RegExp; readonly insecure: boolean }[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const insecure = entry.startsWith('http://');
      const literal = (insecure ? entry.slice('http://'.length) : entry).toLowerCase();
      const escaped = literal.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { pattern: new RegExp(`^${escaped.join('.*')}$`), insecure };
    });
}
