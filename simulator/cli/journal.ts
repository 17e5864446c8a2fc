import type { Command } from 'commander';
import { err, ok, type Result } from '../base/result.ts';
import { formatDuration, instant, ms } from '../base/time.ts';
import { replay } from '../driver/replay.ts';
import { Trace } from '../engine/trace/spans.ts';
import type { JournalEntry } from '../persistence/journal.ts';
import { readJournal, type ReadJournal } from '../persistence/read-journal.ts';
import { addCommand } from './arguments.ts';
import { renderTimeline } from './render-timeline.ts';
import type { CommandContext } from './run.ts';
import { ExitCode, unusable, type Terminal } from './terminal.ts';

const actions = {
  show: { act: show, summary: 'Lists what the journal holds.' },
  replay: { act: replayed, summary: 'Runs the journal again and draws what happened.' },
} as const;

/** `nexus-sim journal show|replay FILE`. */
export function addJournal(program: Command, { terminal, conclude }: CommandContext): void {
  const group = addCommand(program, {
    name: 'journal',
    summary: 'Shows what a journal holds, or replays it and draws what happened.',
    examples: { 'show run.journal': 'list the inputs of a run', 'replay run.journal': 'draw it once more' },
  });
  for (const [name, { act, summary }] of Object.entries(actions)) {
    addCommand(group, {
      name,
      summary,
      examples: { 'run.journal': '', 'run.journal --json': 'for a script' },
    })
      .argument('<FILE>', 'A journal, as "nexus-sim run --journal OUT" writes it.')
      .option('--json', 'Print one JSON document per line instead of text.')
      .action((path: string, { json = false }: { readonly json?: boolean }) => {
        conclude(journal(act, path, { json, terminal }));
      });
  }
}

function journal(act: typeof show | typeof replayed, path: string, shown: Shown): ExitCode {
  const { terminal } = shown;
  const read = readJournal(path);
  if (!read.ok) return unusable(terminal, read.error);
  if (read.value.torn) terminal.error(`nexus-sim: The last input of ${path} was cut off and is left out.\n`);
  const text = act(read.value, path, shown);
  if (!text.ok) return unusable(terminal, text.error);
  terminal.out(text.value);
  return ExitCode.passed;
}

interface Shown {
  readonly json: boolean;
  readonly terminal: Terminal;
}

function show({ header, entries }: ReadJournal, path: string, { json }: Shown): Result<string, string> {
  if (json) return ok([header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { seed, profile, limits } = header;
  const changed = Object.entries(limits).map(([name, value]) => `, ${name} ${value}`);
  const heading = `${path}: seed ${seed}, profile ${profile}${changed.join('')}, ${entries.length} inputs\n`;
  return ok(heading + entries.map(lineOf).join(''));
}

function lineOf({ at, input }: JournalEntry, index: number): string {
  const { kind, ...about } = input as Readonly<Record<string, unknown>>;
  const time = formatDuration(ms(at)).padStart(12);
  return `${String(index + 1).padStart(6)} ${time}  ${String(kind)}${textOf(about)}\n`;
}

/** Longest description of an input that is shown. */
const TEXT_MAX = 160;

function textOf(about: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(about)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}

function replayed(
  { header, entries }: ReadJournal,
  path: string,
  { json, terminal }: Shown,
): Result<string, string> {
  try {
    const { facts } = replay(header, entries);
    if (json) return ok(facts.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
    const trace = new Trace();
    for (const fact of facts) trace.apply(fact);
    const end = entries.at(-1)?.at ?? instant(0);
    const summary = `${entries.length} inputs gave ${facts.length} facts in ${formatDuration(ms(end))} of virtual time.`;
    return ok(`${renderTimeline(trace.all(), end, terminal)}\n${summary}\n`);
  } catch (problem) {
    // Nothing that a peer sends makes the engine throw, but a file can hold what no peer ever sent.
    const reason = problem instanceof Error ? problem.message : String(problem);
    return err(
      `The journal "${path}" cannot be replayed (${reason}); it was changed, or recorded by another version.`,
    );
  }
}
