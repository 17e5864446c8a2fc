import type { Document as YamlDocument } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import type { IdlDialect, IdlProblem, IdlProblemDetail, IdlReference } from '../../idl-facts.ts';
import type { DocumentUri } from '../../uri.ts';

/** What the checks of one document share: the document, its dialect, and where they put what they find. */
export class Report {
  readonly uri: DocumentUri;
  readonly document: YamlDocument;
  readonly dialect: IdlDialect;
  readonly problems: IdlProblem[] = [];
  readonly references: IdlReference[] = [];

  constructor(uri: DocumentUri, document: YamlDocument, dialect: IdlDialect) {
    this.uri = uri;
    this.document = document;
    this.dialect = dialect;
  }

  add(range: OffsetRange, detail: IdlProblemDetail): void {
    this.problems.push({ range, ...detail });
  }
}
