import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { openDataFolder, type DataFolder } from '../../../../simulator/persistence/data-folder.ts';
import { StorageError } from '../../../../simulator/persistence/journal.ts';
import { useTemporaryFolders } from './temporary-folder.ts';

const folder = useTemporaryFolders();

function opened(path: string): DataFolder {
  const data = openDataFolder(path);
  if (!data.ok) throw new Error(data.error);
  return data.value;
}

const about = { seed: 7, originMs: 1_000 };
const header = { seed: 7, profile: 'cloud', limits: {} } as const;
const entry = { at: instant(5), input: { kind: 'timer-due' } };

/** A recording with one input, not ended. */
function begun(data: DataFolder): ReturnType<DataFolder['recordings']['create']> {
  const journal = data.recordings.create(about);
  journal.begin(header);
  journal.append(entry);
  journal.commit();
  return journal;
}

describe('a data folder', () => {
  test('belongs to one at a time, and is free again afterwards', () => {
    const path = folder();
    const first = opened(path);
    const second = openDataFolder(path);
    expect(second).toEqual({
      ok: false,
      error: `The folder "${path}" is in use by process ${process.pid}; end it, choose another folder with --data, or delete "${join(path, 'lock')}" if that is no simulator.`,
    });
    first.dispose();
    opened(path).dispose();
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  test.each([
    ['whose process is gone', '4194305\n'],
    ['that says nothing', ''],
  ])('a lock %s is taken over', (_, text) => {
    const path = folder();
    writeFileSync(join(path, 'lock'), text);
    const data = opened(path);
    expect(readFileSync(join(path, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
    data.dispose();
  });

  test('with a state that is not understood is refused, left as it is, and given back', () => {
    const path = folder();
    writeFileSync(join(path, 'state.json'), '{"version":9}');
    expect(openDataFolder(path)).toEqual({
      ok: false,
      error: `${join(path, 'state.json')}: this state is of version 9, and this nexus-sim reads version 1; start it with a newer nexus-sim, or choose another folder with --data.`,
    });
    expect(readFileSync(join(path, 'state.json'), 'utf8')).toBe('{"version":9}');
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  test('that is a file is one sentence', () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    const data = openDataFolder(path);
    expect(!data.ok && data.error).toMatch(/^The folder ".*file" cannot be used \(EEXIST.*--data\.$/);
  });
});

describe('recordings', () => {
  test('are in the index from their first moment, and say whether they have ended', () => {
    const path = folder();
    const data = opened(path);
    const journal = begun(data);
    const listed = { id: '000001', ...about, ended: false };
    expect(data.recordings.list()).toEqual([listed]);
    data.dispose();
    const again = opened(path);
    expect(again.recordings.list()).toEqual([listed]);
    journal.end();
    expect(data.recordings.list()).toEqual([{ ...listed, ended: true }]);
    again.dispose();
  });

  test('are read back, and what a cut left is said', () => {
    const data = opened(folder());
    begun(data).append(entry);
    expect(data.recordings.read('000001')).toMatchObject({
      ok: true,
      value: { recording: about, journal: { entries: [entry], torn: false } },
    });
    expect(data.recordings.read('../state')).toEqual({
      ok: false,
      error: 'There is no recording "../state"; ask for the list of them.',
    });
    data.dispose();
  });

  test('that could not begin are not in the index, and the state that could not be written is as it was', () => {
    const path = folder();
    const data = opened(path);
    const journal = data.recordings.create(about);
    rmSync(join(path, 'recordings'), { recursive: true });
    expect(() => journal.begin(header)).toThrow(StorageError);
    expect(() => data.recordings.create(about)).toThrow(StorageError);
    expect(data.recordings.list()).toEqual([]);
    rmSync(path, { recursive: true });
    expect(() => data.state.change({ settings: { clock: { mode: 'run' } } })).toThrow(
      /^The state ".*state\.json" cannot be written \(ENOENT: [^)]*\); make room or choose another place, then start again\.$/,
    );
    expect(data.state.now.settings).toEqual({});
  });

  test('that the index has lost are not written over', () => {
    const path = folder();
    const data = opened(path);
    begun(data).end();
    data.dispose();
    const file = join(path, 'recordings', '000001.journal');
    const before = readFileSync(file, 'utf8');
    rmSync(join(path, 'state.json'));
    const afresh = opened(path);
    begun(afresh).end();
    expect(afresh.recordings.list().map(({ id }) => id)).toEqual(['000002']);
    expect(readFileSync(file, 'utf8')).toBe(before);
    afresh.dispose();
  });

  test('go on where they stood, without a torn end', () => {
    const path = folder();
    const data = opened(path);
    const journal = begun(data);
    journal.append(entry);
    journal.commit();
    const file = join(path, 'recordings', '000001.journal');
    truncateSync(file, readFileSync(file).length - 3);
    const continued = data.recordings.continue('000001');
    if (!continued.ok) throw new Error(continued.error);
    expect(continued.value.past).toMatchObject({ entries: [entry], torn: true });
    continued.value.journal.append(entry);
    continued.value.journal.end();
    expect(data.recordings.read('000001')).toMatchObject({
      value: { recording: { ended: true }, journal: { entries: [entry, entry], torn: false } },
    });
    data.dispose();
  });

  test('are deleted unless they are being written; ids only grow', () => {
    const data = opened(folder());
    const first = begun(data);
    const second = begun(data);
    expect(data.recordings.delete('000001')).toEqual({
      ok: false,
      error: 'The recording "000001" is being written; end its world first.',
    });
    first.end();
    expect(data.recordings.delete('000001').ok).toBe(true);
    expect(data.recordings.delete('000001').ok).toBe(false);
    expect(data.recordings.list().map(({ id }) => id)).toEqual(['000002']);
    begun(data).end();
    expect(data.recordings.list().map(({ id }) => id)).toEqual(['000002', '000003']);
    second.end();
    data.dispose();
  });
});
