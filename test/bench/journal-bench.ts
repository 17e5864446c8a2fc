import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replay } from '../../simulator/driver/replay.ts';
import { FileJournal } from '../../simulator/persistence/file-journal.ts';
import { readJournal } from '../../simulator/persistence/read-journal.ts';
import type { JournalEntry } from '../../simulator/persistence/journal.ts';
import { EngineLoad, loadLimits } from './engine-load.ts';
import { rounded, secondsOf, type Bench, type Figures } from './report.ts';

const ROUND_TRIPS = 10_000;

/** Writes the journal of a load, reads it back and replays it. */
export const journalBench: Bench = () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-bench-'));
  try {
    return measure(join(folder, 'bench.journal'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

function measure(path: string): Figures {
  const entries: JournalEntry[] = [];
  const load = new EngineLoad({ onInput: (at, input) => entries.push({ at, input }) });
  for (let nth = 0; nth < ROUND_TRIPS; nth++) load.roundTrip();
  const journal = new FileJournal(path);
  const writing = secondsOf(() => {
    journal.begin({ seed: 1, profile: 'server', limits: loadLimits });
    for (const entry of entries) journal.append(entry);
    journal.end();
  });
  let read: ReturnType<typeof readJournal> | undefined;
  const reading = secondsOf(() => {
    read = readJournal(path);
  });
  if (read?.ok !== true) throw new Error(read?.error ?? 'the journal was not read');
  const { header, entries: found } = read.value;
  let facts = 0;
  const replaying = secondsOf(() => {
    facts = replay(header, found).facts.length;
  });
  if (facts !== load.facts) throw new Error(`the replay has ${facts} facts, the load had ${load.facts}`);
  return {
    inputs: entries.length,
    megabytes: rounded(statSync(path).size / 1_000_000),
    writtenPerSecond: rounded(entries.length / writing),
    readPerSecond: rounded(entries.length / reading),
    replayedPerSecond: rounded(entries.length / replaying),
    replayedFactsPerSecond: rounded(facts / replaying),
  };
}
