import type { Brand } from '../../simulator/base/brand.ts';

/** A document's address in one canonical spelling, so that equal addresses are equal strings. */
export type DocumentUri = Brand<string, 'DocumentUri'>;

const uriShape = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is;

/**
 * Brings a URI into its canonical spelling: every path segment percent-encoded in one way, a Windows drive in
 * lower case. Editors and Node spell the same file differently (`c%3A` and `C:`).
 */
export function parseDocumentUri(text: string): DocumentUri {
  const match = uriShape.exec(text);
  if (match === null) return text as DocumentUri;
  const [, scheme = '', authority, path = '', rest = ''] = match;
  const spelledPath = path
    .split('/')
    .map((segment) => encodeURIComponent(decode(segment)))
    .join('/')
    .replace(/^\/([A-Za-z])%3A/, (_whole, drive: string) => `/${drive.toLowerCase()}%3A`);
  const head = authority === undefined ? `${scheme}:` : `${scheme}://${authority}`;
  return `${head}${spelledPath}${rest}` as DocumentUri;
}

/** The folder a document lies in, without a trailing slash. */
export function folderOf(uri: DocumentUri): DocumentUri {
  const slash = uri.lastIndexOf('/');
  return (slash < 0 ? uri : uri.slice(0, slash)) as DocumentUri;
}

/** The last path segment, decoded: what a person calls the file. */
export function fileNameOf(uri: DocumentUri): string {
  return decode(uri.slice(uri.lastIndexOf('/') + 1));
}

/** Resolves a relative path such as `../common.yaml` against the folder of `from`. */
export function resolvePath(from: DocumentUri, relative: string): DocumentUri {
  const segments = folderOf(from).split('/');
  const root = from.startsWith('file://') ? 3 : 1;
  for (const segment of relative.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (segments.length > root) segments.pop();
    } else {
      segments.push(encodeURIComponent(segment));
    }
  }
  return segments.join('/') as DocumentUri;
}

/** Whether `uri` is `folder` itself or lies anywhere below it. */
export function isWithin(uri: DocumentUri, folder: DocumentUri): boolean {
  return uri === folder || uri.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** How many folders the two documents' paths have in common, counted from the root. */
export function sharedFolders(left: DocumentUri, right: DocumentUri): number {
  const leftParts = folderOf(left).split('/');
  const rightParts = folderOf(right).split('/');
  let shared = 0;
  while (shared < leftParts.length && leftParts[shared] === rightParts[shared]) shared += 1;
  return shared;
}

/** Steps in the folder tree from one document's folder to the other's. */
export function folderDistance(left: DocumentUri, right: DocumentUri): number {
  const shared = sharedFolders(left, right);
  return folderOf(left).split('/').length + folderOf(right).split('/').length - 2 * shared;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
