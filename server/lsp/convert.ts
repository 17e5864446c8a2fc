import {
  DiagnosticSeverity,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  type Location,
  type LocationLink,
  type Range,
} from 'vscode-languageserver/node';
import type { Document, OffsetRange, Place } from '../analysis/document.ts';
import type { Definition } from '../analysis/features/definition.ts';
import type { Finding, RelatedPlace, Severity } from '../analysis/rules/rule.ts';
import type { DocumentUri } from '../analysis/uri.ts';

/** What conversion needs to know of documents: their indexed text, and how the client spells their address. */
export interface DocumentLookup {
  document(uri: DocumentUri): Document | undefined;
  clientUri(uri: DocumentUri): string;
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const satisfies Record<Severity, DiagnosticSeverity>;

function toRange(document: Document, range: OffsetRange): Range {
  return { start: document.positionAt(range.start), end: document.positionAt(range.end) };
}

/** `undefined` if the document is gone since the place was found. */
function toLocation(lookup: DocumentLookup, { uri, range }: Place): Location | undefined {
  const document = lookup.document(uri);
  return document === undefined ? undefined : { uri: lookup.clientUri(uri), range: toRange(document, range) };
}

export function toLocations(lookup: DocumentLookup, places: readonly Place[]): Location[] {
  return places.map((place) => toLocation(lookup, place)).filter((location) => location !== undefined);
}

export function toLocationLinks(
  lookup: DocumentLookup,
  asked: Document,
  { origin, targets }: Definition,
): LocationLink[] {
  const originSelectionRange = toRange(asked, origin);
  return toLocations(lookup, targets).map(({ uri, range }) => ({
    originSelectionRange,
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
  }));
}

export function toDiagnostic(lookup: DocumentLookup, document: Document, finding: Finding): Diagnostic {
  const related = finding.related
    .map((place) => toRelated(lookup, place))
    .filter((information) => information !== undefined);
  return {
    range: toRange(document, finding.place.range),
    severity: severities[finding.severity],
    code: finding.code,
    source: 'nexus',
    message: finding.message,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
  };
}

function toRelated(
  lookup: DocumentLookup,
  { place, message }: RelatedPlace,
): DiagnosticRelatedInformation | undefined {
  const location = toLocation(lookup, place);
  return location === undefined ? undefined : { location, message };
}
