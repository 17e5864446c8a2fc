import { closeSync, fdatasyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { entryLine, headerLine, type Journal, type JournalEntry, type JournalHeader } from './journal.ts';

/** Characters that are gathered before they are written, when nobody relies on them yet. */
const CHUNK = 65_536;

/**
 * A journal as JSON lines in a file, only ever appended to.
 *
 * J1. What was committed has been handed to the operating system: killing this process at any point does not lose it.
 * J2. It is on the disk when the journal ends. A power cut before that may cost the last seconds, as is usual for a
 *     development tool; waiting for the disk at every answer would make every answer slow.
 * J3. What a cut leaves is whole lines and at most one torn one at the end, which reading back leaves out.
 */
export class FileJournal implements Journal {
  readonly #file: number;
  #pending = '';
  #ended = false;

  /**
   * A new journal in place of what was at this path; or, with the `keep` first bytes of it, the journal that goes on
   * there. Throws when the file cannot be written.
   */
  constructor(path: string, keep?: number) {
    if (keep !== undefined) truncateSync(path, keep);
    this.#file = openSync(path, keep === undefined ? 'w' : 'a', 0o600);
  }

  begin(header: JournalHeader): void {
    this.#write(headerLine(header));
    this.commit();
  }

  append(entry: JournalEntry): void {
    this.#write(entryLine(entry));
  }

  commit(): void {
    if (this.#ended || this.#pending === '') return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    // The system may take less than it was given.
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
  }

  end(): void {
    if (this.#ended) return;
    this.commit();
    this.#ended = true;
    fdatasyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= CHUNK) this.commit();
  }
}
