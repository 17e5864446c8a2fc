import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, TemporalPort } from '../protocol/temporal/port.ts';

/** Where the names of namespaces stand in messages. */
const isNamespaceField = (key: string): boolean => key === 'namespace' || key.endsWith('Namespace');

/** A namespace of others, which has no prefix; no namespace can be called so. */
const isOutside = (name: string): boolean => name.startsWith('/');

/** Links of Nexus name a namespace inside of a URL (semantics §1.6). */
const link = /^(temporal:\/\/\/namespaces\/)([^/]+)/;

/**
 * A port on which every namespace has a prefix that its user does not see, so that a world may run beside others.
 * Namespaces that stand inside of payloads are not seen either way.
 */
export function withNamespacePrefix(port: TemporalPort, prefix: string): TemporalPort {
  if (prefix === '') return port;
  const out = (name: string): string =>
    isOutside(name) ? name.slice(1) : name === '' ? name : prefix + name;
  const back = (name: string): string =>
    name.startsWith(prefix) ? name.slice(prefix.length) : name === '' ? name : `/${name}`;
  return {
    call: async <M extends TemporalMethod>(method: M, request: RequestOf<M>, options?: CallOptions) => {
      const reply = await port.call(method, renamed(request, out) as RequestOf<M>, options);
      return renamed(reply, back) as Reply<M>;
    },
  };
}

function renamed(value: unknown, rename: (name: string) => string, key = ''): unknown {
  if (typeof value === 'string') {
    if (isNamespaceField(key)) return rename(value);
    if (key !== 'url') return value;
    return value.replace(
      link,
      (_, path: string, name: string) => path + encodeURIComponent(rename(decodeURIComponent(name))),
    );
  }
  if (Array.isArray(value)) return value.map((each) => renamed(each, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, rename, name)]));
}
