import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import {
  entryLine,
  headerLine,
  journalVersion,
  type Journal,
  type JournalEntry,
  type JournalHeader,
} from './journal.ts';

/** Characters that are gathered before they are written. */
const CHUNK = 65_536;

/** A journal as JSON lines in a file. What was there before is replaced. */
export class FileJournal implements Journal {
  readonly #file: number;
  #pending = '';
  #ended = false;

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600);
  }

  begin(header: JournalHeader): void {
    this.#write(headerLine(header));
  }

  append(entry: JournalEntry): void {
    this.#write(entryLine(entry));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#flush();
    closeSync(this.#file);
  }

  #write(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    writeSync(this.#file, this.#pending);
    this.#pending = '';
  }
}

export interface ReadJournal {
  readonly header: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** A last line that was cut off in the middle, as after a crash; it is left out. */
  readonly torn: boolean;
}

/** Reads a journal back. The error is one sentence with the line it speaks of. */
export function readJournal(path: string): Result<ReadJournal, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const torn = lines.pop() !== '';
  const [first = '', ...rest] = lines;
  const header = parsed(first) as (JournalHeader & { readonly nexusJournal?: unknown }) | undefined;
  if (header?.nexusJournal !== journalVersion) {
    return err(
      `${path}:1: expected the header of a version ${journalVersion} journal; record it again with this version.`,
    );
  }
  const entries: JournalEntry[] = [];
  for (const [index, line] of rest.entries()) {
    const entry = parsed(line) as Partial<JournalEntry> | undefined;
    if (typeof entry?.at !== 'number' || typeof entry.input !== 'object' || entry.input === null) {
      return err(
        `${path}:${index + 2}: expected one recorded input as JSON; the file was changed or damaged here.`,
      );
    }
    entries.push({ at: entry.at, input: entry.input });
  }
  return ok({ header, entries, torn });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
