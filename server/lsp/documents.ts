import { TextDocument } from 'vscode-languageserver-textdocument';
import { TextDocuments, type Connection, type Disposable } from 'vscode-languageserver/node';
import type { OpenDocuments } from '../analysis/open-documents.ts';
import { parseDocumentUri, type DocumentUri } from '../analysis/uri.ts';

/** Feeds the texts of open editors into the workspace, change by change. */
export class DocumentSync {
  readonly #documents = new TextDocuments(TextDocument);
  readonly #clientUris = new Map<DocumentUri, string>();
  readonly #open: OpenDocuments;

  /** `onChanged` is told of every document that was opened, edited or closed. */
  constructor(open: OpenDocuments, onChanged: (uri: DocumentUri) => void) {
    this.#open = open;
    this.#documents.onDidChangeContent(({ document }) => {
      const uri = parseDocumentUri(document.uri);
      this.#clientUris.set(uri, document.uri);
      this.#open.set(uri, document.getText());
      onChanged(uri);
    });
    this.#documents.onDidClose(({ document }) => {
      const uri = parseDocumentUri(document.uri);
      this.#clientUris.delete(uri);
      this.#open.close(uri);
      onChanged(uri);
    });
  }

  listen(connection: Connection): Disposable {
    return this.#documents.listen(connection);
  }

  /** The address as the client spells it, for clients that compare addresses as texts. */
  clientUri(uri: DocumentUri): string {
    return this.#clientUris.get(uri) ?? uri;
  }
}
