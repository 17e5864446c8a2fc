import type { NexusLink } from '../../protocol/temporal/nexus.ts';

/*
 * `Nexus-Link: <URL>; type="T"`, several separated by commas (semantics §1.6). URLs have their commas and angle
 * brackets escaped, so a comma always ends a link.
 */

const link = /^<([^<>\s]+)>((?:\s*;\s*[a-z-]+\s*=\s*(?:"[^"]*"|[^";,\s]+))+)$/i;

/** `undefined` when one of the links cannot be read. */
export function readLinks(values: readonly string[]): NexusLink[] | undefined {
  if (values.length === 0) return [];
  const links = values.join(',').split(',').map(readLink);
  return links.every((each) => each !== undefined) ? links : undefined;
}

/** Links that have no form on the wire are left out. */
export const writeLinks = (links: readonly NexusLink[]): string[] =>
  links.flatMap(({ url = '', type = '' }) => {
    const text = `<${url}>; type="${type}"`;
    return url.includes(',') || readLink(text) === undefined ? [] : [text];
  });

function readLink(text: string): NexusLink | undefined {
  const [, url, parameters = ''] = link.exec(text.trim()) ?? [];
  const [, quoted, plain] = /;\s*type\s*=\s*(?:"([^"]*)"|([^";\s]+))/i.exec(parameters) ?? [];
  const type = quoted ?? plain ?? '';
  return url !== undefined && /^[A-Za-z0-9_./]+$/.test(type) ? { url, type } : undefined;
}
