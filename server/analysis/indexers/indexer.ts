import type { Document } from '../document.ts';
import type { FileFacts, SourceLanguage } from '../facts.ts';
import type { SyntaxParser } from '../syntax-tree.ts';
import type { DocumentUri } from '../uri.ts';

/** Turns one document into facts. Never throws: broken text gives fewer facts. */
export interface Indexer {
  readonly language: SourceLanguage;
  /** Whether the indexer can read such a document, if another one refers to it. */
  reads(uri: DocumentUri): boolean;
  /** Whether such a document is worth looking into although nothing refers to it. */
  looksInto(uri: DocumentUri): boolean;
  /** Whether a document that was looked into has anything to do with Nexus. */
  concerns(text: string): boolean;
  index(document: Document, parser: SyntaxParser): FileFacts;
}
