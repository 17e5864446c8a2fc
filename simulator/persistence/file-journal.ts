import { closeSync, fdatasyncSync, fstatSync, openSync, truncateSync, writeSync } from 'node:fs';
import {
  entryLine,
  headerLine,
  StorageError,
  type Journal,
  type JournalEntry,
  type JournalHeader,
} from './journal.ts';

/** Characters that are gathered before they are written, when nobody relies on them yet. */
const CHUNK = 65_536;

/**
 * A journal as JSON lines in a file, only ever appended to.
 *
 * J1. What was committed has been handed to the operating system: killing this process at any point does not lose it.
 * J2. It is on the disk when the journal ends. A power cut before that may cost the last seconds, as is usual for a
 *     development tool; waiting for the disk at every answer would make every answer slow.
 * J3. What a cut leaves is whole lines and at most one torn one at the end, which reading back leaves out.
 * J4. After a failure nothing more is written: what came behind a torn line would make it damage.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  readonly #file: number;
  #failure: StorageError | undefined;
  #pending = '';
  #ended = false;

  /**
   * A new journal in place of what was at this path; or, with the `keep` first bytes of it, the journal that goes on
   * there. Throws `StorageError` when the file cannot be written.
   */
  constructor(path: string, keep?: number) {
    this.#path = path;
    this.#file = this.#tried(() => {
      if (keep !== undefined) truncateSync(path, keep);
      return openSync(path, keep === undefined ? 'w' : 'a', 0o600);
    });
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
    this.#tried(() => {
      // The system may take less than it was given.
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
      // It also takes what goes to a file that has no name any more.
      if (fstatSync(this.#file).nlink === 0) throw new Error('it was removed');
    });
  }

  end(): void {
    if (this.#ended) return;
    try {
      this.commit();
      this.#tried(() => fdatasyncSync(this.#file));
    } finally {
      this.#ended = true;
      closeSync(this.#file);
    }
  }

  #tried<T>(write: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return write();
    } catch (failure) {
      this.#failure = StorageError.of(`The journal "${this.#path}"`, failure);
      throw this.#failure;
    }
  }

  #write(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= CHUNK) this.commit();
  }
}
