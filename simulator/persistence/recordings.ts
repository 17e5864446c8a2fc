import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Recording } from '../protocol/recording-requests.ts';
import { FileJournal } from './file-journal.ts';
import { StorageError, type Journal, type JournalEntry, type JournalHeader } from './journal.ts';
import { readJournal, type ReadJournal } from './read-journal.ts';
import type { State } from './state.ts';

/** The journals of a data folder; the index of them is in its state. */
export interface Recordings {
  list(): readonly Recording[];
  /** A new recording; it is in the index once it has begun. Throws `StorageError` when it cannot be written. */
  create(about: Omit<Recording, 'id' | 'ended'>): Journal;
  /** Goes on with one; a torn line at its end is cut off. */
  continue(id: string): Result<{ readonly journal: Journal; readonly past: ReadJournal }, string>;
  read(id: string): Result<{ readonly recording: Recording; readonly journal: ReadJournal }, string>;
  delete(id: string): Result<void, string>;
}

export function recordingsIn(folder: string, state: State): Recordings {
  const places = join(folder, 'recordings');
  mkdirSync(places, { recursive: true });
  const pathOf = (id: string): string => join(places, `${id}.journal`);
  const open = new Set<string>();
  const list = (): readonly Recording[] => state.now.recordings;
  const find = (id: string): Result<Recording, string> => {
    const recording = list().find((each) => each.id === id);
    return recording === undefined
      ? err(`There is no recording "${id}"; ask for the list of them.`)
      : ok(recording);
  };
  const mark = (id: string, ended: boolean): void => {
    state.change({ recordings: list().map((each) => (each.id === id ? { ...each, ended } : each)) });
  };
  const kept = (id: string, journal: Journal, onBegin: () => void): Journal => {
    open.add(id);
    const onEnd = (): void => {
      open.delete(id);
      mark(id, true);
    };
    return new KeptJournal(journal, onBegin, onEnd);
  };
  return {
    list,
    create: (about) => {
      const id = nextId([...list().map((each) => each.id), ...filesIn(places)]);
      // Not before its header is written: a recording without one could not be gone on with.
      return kept(id, new FileJournal(pathOf(id)), () => {
        state.change({ recordings: [...list(), { id, ...about, ended: false }] });
      });
    },
    continue: (id) => {
      const past = readJournal(pathOf(id));
      if (!past.ok) return past;
      const journal = new FileJournal(pathOf(id), past.value.bytes);
      mark(id, false);
      return ok({ journal: kept(id, journal, () => undefined), past: past.value });
    },
    read: (id) => {
      const recording = find(id);
      if (!recording.ok) return recording;
      const journal = readJournal(pathOf(id));
      return journal.ok ? ok({ recording: recording.value, journal: journal.value }) : journal;
    },
    delete: (id) => {
      const recording = find(id);
      if (!recording.ok) return recording;
      if (open.has(id)) return err(`The recording "${id}" is being written; end its world first.`);
      state.change({ recordings: list().filter((each) => each.id !== id) });
      rmSync(pathOf(id), { force: true });
      return ok(undefined);
    },
  };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (failure) {
    throw StorageError.of(`The folder "${folder}"`, failure);
  }
}

/** Ids only grow, and what is on disk is never written over, whether the index knows of it or not. */
const nextId = (used: readonly string[]): string =>
  String(Math.max(0, ...used.map((name) => Number.parseInt(name, 10) || 0)) + 1).padStart(6, '0');

/** Tells when it has begun and when it has ended. */
class KeptJournal implements Journal {
  readonly #journal: Journal;
  readonly #onBegin: () => void;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(journal: Journal, onBegin: () => void, onEnd: () => void) {
    this.#journal = journal;
    this.#onBegin = onBegin;
    this.#onEnd = onEnd;
  }

  begin(header: JournalHeader): void {
    this.#journal.begin(header);
    this.#onBegin();
  }

  append(entry: JournalEntry): void {
    this.#journal.append(entry);
  }

  commit(): void {
    this.#journal.commit();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#journal.end();
    this.#onEnd();
  }
}
