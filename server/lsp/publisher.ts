import type { Diagnostic } from 'vscode-languageserver/node';
import { neverCancelled } from '../analysis/cancellation.ts';
import { diagnostics } from '../analysis/features/diagnostics.ts';
import type { Rule } from '../analysis/rules/rule.ts';
import type { DocumentUri } from '../analysis/uri.ts';
import type { WorkspaceIndex } from '../analysis/workspace-index.ts';
import { toDiagnostic, type DocumentLookup } from './convert.ts';
import type { OnceLog } from './once-log.ts';

export interface PublisherOptions {
  readonly index: WorkspaceIndex;
  readonly rules: readonly Rule[];
  readonly lookup: DocumentLookup;
  readonly log: OnceLog;
  send(uri: DocumentUri, diagnostics: Diagnostic[]): void;
}

/**
 * Sends every document's findings when they change, of open and closed documents alike: a change in one file
 * may concern another.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #sent = new Map<DocumentUri, string>();
  #isStale = false;
  #isRunning = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Announces that findings may have changed. Announcements made meanwhile are answered together. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#publish();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Forgets what was sent for a document, so that it is sent again. */
  forget(uri: DocumentUri): void {
    this.#sent.delete(uri);
  }

  async #publish(): Promise<void> {
    const { index, rules, lookup, log } = this.#options;
    const model = await index.model();
    const found = diagnostics(
      model,
      rules,
      (rule, failure) => log.failure(`Rule ${rule.name}`, failure),
      neverCancelled,
    );
    for (const uri of new Set([...this.#sent.keys(), ...found.keys()])) {
      const document = lookup.document(uri);
      const own = document === undefined ? [] : (found.get(uri) ?? []);
      this.#send(
        uri,
        document === undefined ? [] : own.map((finding) => toDiagnostic(lookup, document, finding)),
      );
    }
  }

  #send(uri: DocumentUri, converted: Diagnostic[]): void {
    const text = JSON.stringify(converted);
    if (text === (this.#sent.get(uri) ?? '[]')) return;
    this.#options.send(uri, converted);
    if (converted.length === 0) this.#sent.delete(uri);
    else this.#sent.set(uri, text);
  }
}
