import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Recording } from '../protocol/recording-requests.ts';
import { FileJournal } from './file-journal.ts';
import type { Journal, JournalEntry, JournalHeader } from './journal.ts';
import { readJournal, type ReadJournal } from './read-journal.ts';
import type { State } from './state.ts';

/** The journals of a data folder; the index of them is in its state. */
export interface Recordings {
  list(): readonly Recording[];
  /** Begins a recording and says so in the index. Throws when it cannot be written. */
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
  const kept = (id: string, journal: Journal): Journal => {
    open.add(id);
    return new KeptJournal(journal, () => {
      open.delete(id);
      mark(id, true);
    });
  };
  return {
    list,
    create: (about) => {
      const id = nextId(list());
      const journal = new FileJournal(pathOf(id));
      state.change({ recordings: [...list(), { id, ...about, ended: false }] });
      return kept(id, journal);
    },
    continue: (id) => {
      const past = readJournal(pathOf(id));
      if (!past.ok) return past;
      const journal = new FileJournal(pathOf(id), past.value.bytes);
      mark(id, false);
      return ok({ journal: kept(id, journal), past: past.value });
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
      rmSync(pathOf(id), { force: true });
      state.change({ recordings: list().filter((each) => each.id !== id) });
      return ok(undefined);
    },
  };
}

/** Ids only grow, so that a name on disk is never used twice while its recording is known. */
const nextId = (recordings: readonly Recording[]): string =>
  String(Math.max(0, ...recordings.map(({ id }) => Number(id) || 0)) + 1).padStart(6, '0');

/** Tells when it has ended. */
class KeptJournal implements Journal {
  readonly #journal: Journal;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(journal: Journal, onEnd: () => void) {
    this.#journal = journal;
    this.#onEnd = onEnd;
  }

  begin(header: JournalHeader): void {
    this.#journal.begin(header);
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
