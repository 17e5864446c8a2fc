import { closeSync, openSync, readSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import { journalVersion, type JournalEntry, type JournalHeader } from './journal.ts';

export interface ReadJournal {
  readonly header: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** A last line that was cut off in the middle, as after a crash; it is left out. */
  readonly torn: boolean;
  /** Bytes up to the end of the last whole line. */
  readonly bytes: number;
}

/** Reads a journal back. The error is one sentence with the line it speaks of. */
export function readJournal(path: string): Result<ReadJournal, string> {
  try {
    return read(path);
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return err(`The journal "${path}" could not be read (${reason}); check the path and its permissions.`);
  }
}

function read(path: string): Result<ReadJournal, string> {
  const lines = new LineReader(path);
  try {
    const header = headerOf(lines.next(), path);
    if (!header.ok) return header;
    const entries: JournalEntry[] = [];
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      const entry = parsed(line) as Partial<JournalEntry> | null | undefined;
      const isAfter = typeof entry?.at === 'number' && entry.at >= (entries.at(-1)?.at ?? 0);
      if (!isAfter || typeof entry.input !== 'object' || entry.input === null) {
        const place = `${path}:${entries.length + 2}`;
        return err(`${place}: expected one recorded input as JSON; the file was changed or damaged here.`);
      }
      entries.push({ at: entry.at, input: entry.input });
    }
    return ok({ header: header.value, entries, torn: lines.isTorn, bytes: lines.bytes });
  } finally {
    lines.close();
  }
}

function headerOf(line: string | undefined, path: string): Result<JournalHeader, string> {
  const header = parsed(line ?? '') as
    (JournalHeader & { readonly nexusJournal?: unknown }) | null | undefined;
  const version = header?.nexusJournal;
  if (header !== null && header !== undefined && version === journalVersion) return ok(header);
  if (typeof version === 'number' && version > journalVersion) {
    return err(
      `${path}:1: this journal is of version ${version}, and this nexus-sim reads version ${journalVersion}; open it with a newer nexus-sim.`,
    );
  }
  return err(
    `${path}:1: expected the header of a version ${journalVersion} journal; record it again with this version.`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const BLOCK = 1_048_576;
const NEWLINE = 10;

/** Reads a file line by line, so that a journal may be larger than the longest text. */
class LineReader {
  readonly #file: number;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes up to the end of the last whole line. */
  bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** Whether something stands behind the last whole line; known once there is no next line. */
  get isTorn(): boolean {
    return this.#rest.length > 0;
  }

  next(): string | undefined {
    for (let searched = 0; ;) {
      const end = this.#rest.indexOf(NEWLINE, searched);
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        this.bytes += end + 1;
        return line;
      }
      searched = this.#rest.length;
      const block = Buffer.alloc(BLOCK);
      const count = readSync(this.#file, block);
      if (count === 0) return undefined;
      this.#rest = Buffer.concat([this.#rest, block.subarray(0, count)]);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
