import type { Instant } from '../base/time.ts';
import type { Limits, Profile } from '../protocol/limits.ts';

/** Raised when a journal of an older version can no longer be replayed. */
export const journalVersion = 1;

/** What a replay needs beside the inputs. */
export interface JournalHeader {
  readonly seed: number;
  readonly profile: Profile;
  readonly limits: Partial<Limits>;
}

/** One input with its instant. What the input says is the engine's business. */
export interface JournalEntry {
  readonly at: Instant;
  readonly input: unknown;
}

/** What is to be kept cannot be written. The message is one sentence for people. */
export class StorageError extends Error {
  /** `what` begins the sentence, such as `The journal "x"`. */
  static of(what: string, failure: unknown): StorageError {
    if (failure instanceof StorageError) return failure;
    const reason = failure instanceof Error ? failure.message : String(failure);
    return new StorageError(
      `${what} cannot be written (${reason}); make room or choose another place, then start again.`,
    );
  }
}

/**
 * Where the inputs of a world are kept, in the order they happened. Throws `StorageError` when it cannot be written;
 * it then takes nothing more.
 */
export interface Journal {
  begin(header: JournalHeader): void;
  append(entry: JournalEntry): void;
  /** All that was appended survives the death of this process afterwards. */
  commit(): void;
  /** Nothing is appended afterwards; all of it is written. */
  end(): void;
}

/** The lines of a journal: a header, then one input each. */
export const headerLine = (header: JournalHeader): string =>
  `${JSON.stringify({ nexusJournal: journalVersion, ...header })}\n`;

export const entryLine = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`;

/** The journal's twin in memory. */
export class MemoryJournal implements Journal {
  header: JournalHeader | undefined;
  readonly entries: JournalEntry[] = [];

  begin(header: JournalHeader): void {
    this.header = header;
  }

  append(entry: JournalEntry): void {
    this.entries.push(entry);
  }

  commit(): void {
    // Memory outlives nothing.
  }

  end(): void {
    // Everything is in memory already.
  }

  /** The very text that a file would hold. */
  text(): string {
    const header = this.header === undefined ? '' : headerLine(this.header);
    return header + this.entries.map(entryLine).join('');
  }
}
