import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { instant, ms } from '../../../../simulator/base/time.ts';
import { FileJournal } from '../../../../simulator/persistence/file-journal.ts';
import { readJournal } from '../../../../simulator/persistence/read-journal.ts';
import {
  entryLine,
  headerLine,
  journalVersion,
  MemoryJournal,
  StorageError,
  type Journal,
  type JournalEntry,
  type JournalHeader,
} from '../../../../simulator/persistence/journal.ts';
import { useTemporaryFolders } from './temporary-folder.ts';

const folder = useTemporaryFolders();
const header: JournalHeader = { seed: 7, profile: 'cloud', limits: { requestTimeout: ms(20_000) } };
const entries: readonly JournalEntry[] = [
  { at: instant(0), input: { kind: 'call', method: 'listNamespaces', request: {} } },
  { at: instant(250), input: { kind: 'timer-due' } },
  { at: instant(250), input: { kind: 'call-cancelled', call: 3, text: 'lines\nand "quotes", é, \u2028, 🕰' } },
];

function write(journal: Journal): void {
  journal.begin(header);
  for (const entry of entries) journal.append(entry);
  journal.end();
}

/** A file with this text. */
function file(text: string): string {
  const path = join(folder(), 'world.journal');
  writeFileSync(path, text);
  return path;
}

describe('a journal in a file', () => {
  test('is read back as it was written', () => {
    const path = join(folder(), 'world.journal');
    write(new FileJournal(path));
    expect(readJournal(path)).toEqual({
      ok: true,
      value: {
        header: { nexusJournal: journalVersion, ...header },
        entries,
        torn: false,
        bytes: statSync(path).size,
      },
    });
  });

  test('has the very bytes of its twin in memory', () => {
    const path = join(folder(), 'world.journal');
    const twin = new MemoryJournal();
    write(new FileJournal(path));
    write(twin);
    expect(readFileSync(path, 'utf8')).toBe(twin.text());
  });

  test('takes the place of an earlier one, and nobody else may read it', () => {
    const path = file('something long that was here before\n'.repeat(100));
    writeFileSync(`${path}.new`, '');
    write(new FileJournal(`${path}.new`));
    write(new FileJournal(path));
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(`${path}.new`, 'utf8'));
    const fresh = join(folder(), 'fresh.journal');
    write(new FileJournal(fresh));
    expect(statSync(fresh).mode & 0o077).toBe(0);
  });

  test('keeps more than is gathered before it is written', () => {
    const path = join(folder(), 'long.journal');
    const journal = new FileJournal(path);
    journal.begin(header);
    const input = { kind: 'call', padding: 'x'.repeat(1_000) };
    for (let at = 0; at < 500; at++) journal.append({ at: instant(at), input });
    expect(statSync(path).size).toBeGreaterThan(400_000);
    journal.end();
    journal.end();
    const read = readJournal(path);
    expect(read.ok && read.value.entries.length).toBe(500);
  });
});

describe('a journal that was cut off', () => {
  const whole = headerLine(header) + entries.map(entryLine).join('');
  const last = entryLine(entries[2] ?? { at: instant(0), input: {} });

  test('in its last line lacks that line, at whatever byte', () => {
    const path = file(whole);
    const bytes = Buffer.byteLength(whole);
    for (let cut = 1; cut < Buffer.byteLength(last); cut++) {
      truncateSync(path, bytes - cut);
      const read = readJournal(path);
      expect(read.ok && read.value).toMatchObject({ entries: entries.slice(0, 2), torn: true });
    }
    truncateSync(path, bytes - Buffer.byteLength(last));
    const read = readJournal(path);
    expect(read.ok && read.value).toMatchObject({ entries: entries.slice(0, 2), torn: false });
  });

  test('in its header is none', () => {
    expect(readJournal(file(headerLine(header).slice(0, 20))).ok).toBe(false);
  });
});

describe('what is no journal of this version', () => {
  test.each([
    ['empty', ''],
    ['another format', 'hello\nworld\n'],
    ['JSON of another kind', '{"seed":1}\n'],
    ['JSON that is no object', 'null\n'],
  ])('is refused by its first line: %s', (_, text) => {
    const path = file(text);
    expect(readJournal(path)).toEqual({
      ok: false,
      error: `${path}:1: expected the header of a version ${journalVersion} journal; record it again with this version.`,
    });
  });
});

test('a journal of a version to come says what to open it with', () => {
  const path = file(headerLine(header).replace(`:${journalVersion},`, `:${journalVersion + 1},`));
  expect(readJournal(path)).toEqual({
    ok: false,
    error: `${path}:1: this journal is of version ${journalVersion + 1}, and this nexus-sim reads version ${journalVersion}; open it with a newer nexus-sim.`,
  });
});

test('a file that is not there is one sentence', () => {
  const path = join(folder(), 'gone.journal');
  const read = readJournal(path);
  expect(!read.ok && read.error).toMatch(
    /^The journal ".*gone\.journal" could not be read \(ENOENT.*permissions\.$/,
  );
});

describe('a journal that goes on', () => {
  test('keeps what is whole, loses what is torn, and takes more', () => {
    const whole = headerLine(header) + entries.slice(0, 2).map(entryLine).join('');
    const path = file(`${whole}{"at":250,"inp`);
    const read = readJournal(path);
    if (!read.ok) throw new Error(read.error);
    expect(read.value).toMatchObject({ torn: true, bytes: Buffer.byteLength(whole) });
    const journal = new FileJournal(path, read.value.bytes);
    for (const entry of entries.slice(2)) journal.append(entry);
    journal.end();
    expect(readFileSync(path, 'utf8')).toBe(headerLine(header) + entries.map(entryLine).join(''));
  });

  test('what was committed is in the file, what was only appended need not be', () => {
    const path = join(folder(), 'world.journal');
    const journal = new FileJournal(path);
    journal.begin(header);
    for (const entry of entries) {
      journal.append(entry);
      journal.commit();
      expect(readFileSync(path, 'utf8').endsWith(entryLine(entry))).toBe(true);
    }
    journal.end();
  });
});

describe('a journal that cannot be written', () => {
  const sentence = (path: string, reason: string): RegExp =>
    new RegExp(
      `^The journal "${path}" cannot be written \\(${reason}\\); make room or choose another place, then start again\\.$`,
    );

  /** The sentence of what was thrown, which must be of this one kind. */
  function failureOf(act: () => void): string {
    try {
      act();
    } catch (failure) {
      if (failure instanceof StorageError) return failure.message;
      throw failure;
    }
    return 'nothing was thrown';
  }

  // Every write to this device finds the disk full.
  test.runIf(existsSync('/dev/full'))('on a full disk says so, and then takes nothing more', () => {
    const journal = new FileJournal('/dev/full');
    const full = sentence('/dev/full', 'ENOSPC: no space left on device, write');
    expect(failureOf(() => journal.begin(header))).toMatch(full);
    journal.append(entries[0] ?? { at: instant(0), input: {} });
    expect(failureOf(() => journal.commit())).toMatch(full);
    expect(failureOf(() => journal.end())).toMatch(full);
    expect(failureOf(() => journal.end())).toBe('nothing was thrown');
  });

  test('whose file was removed does not go on as if it were there', () => {
    const path = join(folder(), 'world.journal');
    const journal = new FileJournal(path);
    journal.begin(header);
    rmSync(path);
    journal.append(entries[0] ?? { at: instant(0), input: {} });
    expect(failureOf(() => journal.commit())).toMatch(sentence(path, 'it was removed'));
    expect(failureOf(() => journal.end())).toMatch(sentence(path, 'it was removed'));
  });

  test('because there is no such folder is one sentence, too', () => {
    const path = join(folder(), 'gone', 'world.journal');
    expect(failureOf(() => new FileJournal(path))).toMatch(sentence(path, 'ENOENT: [^)]*'));
    expect(failureOf(() => new FileJournal(path, 7))).toMatch(sentence(path, 'ENOENT: [^)]*'));
  });
});

test('time that goes back is damage', () => {
  const path = file(
    headerLine(header) + entryLine({ at: instant(5), input: {} }) + entryLine({ at: instant(4), input: {} }),
  );
  expect(readJournal(path)).toMatchObject({
    ok: false,
    error: expect.stringContaining(`${path}:3: `) as string,
  });
});

describe('a damaged line', () => {
  test.each([
    ['no JSON', '{"at":250,"inp'],
    ['nothing', ''],
    ['no instant', '{"input":{"kind":"timer-due"}}'],
    ['no input', '{"at":250}'],
    ['an input that is no object', '{"at":250,"input":"timer-due"}'],
    ['an input that is null', '{"at":250,"input":null}'],
    ['no object', 'null'],
  ])('is named with its number: %s', (_, line) => {
    const [first, , third] = entries.map(entryLine);
    const path = file(`${headerLine(header)}${first ?? ''}${line}\n${third ?? ''}`);
    expect(readJournal(path)).toEqual({
      ok: false,
      error: `${path}:3: expected one recorded input as JSON; the file was changed or damaged here.`,
    });
  });
});
