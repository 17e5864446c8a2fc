import { basename } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { codecOf, type CodecRequest } from '../cluster/codec.ts';
import { readExported } from '../cluster/history-json.ts';
import { absentRuns, joinExported, type ExportedFile } from '../cluster/history-set.ts';
import { readText } from './read-text.ts';
import { renderHistories, type HistoryFormat } from './render-histories.ts';
import { ExitCode, unusable, type Terminal } from './terminal.ts';

/** Histories have at most 50 MB as messages; in JSON they take up to three times as much. */
const FILE_BYTES_MAX = 160_000_000;
const FILES_MAX = 500;
const EVENTS_MAX = 500_000;

export interface ShowOptions extends CodecRequest {
  readonly namespace?: string;
  readonly format: HistoryFormat;
}

/** Draws the histories in these files together, or says of each file what is wrong with it. */
export async function showHistories(
  paths: readonly string[],
  { namespace, format, ...codecRequest }: ShowOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const codec = codecOf(codecRequest);
  if (!codec.ok) return unusable(terminal, codec.error);
  if (paths.length > FILES_MAX) {
    return unusable(terminal, `${paths.length} files are named, and ${FILES_MAX} can be drawn; name fewer.`);
  }
  const files: ExportedFile[] = [];
  let events = 0;
  let code: ExitCode = ExitCode.passed;
  for (const path of paths) {
    const file = await readHistoryFile(path);
    if (!file.ok) {
      code = unusable(terminal, file.error);
      continue;
    }
    files.push(file.value);
    events += file.value.content.kind === 'history' ? file.value.content.events.length : 0;
    if (events > EVENTS_MAX) {
      return unusable(terminal, `The files hold more than ${EVENTS_MAX} events; draw fewer of them at once.`);
    }
  }
  if (code !== ExitCode.passed) return code;
  const histories = joinExported(files, namespace);
  if (histories.length === 0) {
    return unusable(terminal, 'There are only descriptions; name the histories that they belong to, too.');
  }
  const decoded = (await codec.value?.decode(histories)) ?? histories;
  const notes = [...absentRuns(histories), ...(codec.value?.notes ?? [])];
  terminal.out(renderHistories({ histories: decoded, notes }, format, terminal));
  return code;
}

/** The error is one sentence. */
async function readHistoryFile(path: string): Promise<Result<ExportedFile, string>> {
  const text = await readText(path, {
    bytesMax: FILE_BYTES_MAX,
    ifLarger: 'no history is that long',
    ifFolder: 'name the files in it',
  });
  if (!text.ok) return text;
  const content = readExported(text.value);
  return content.ok
    ? ok({ name: basename(path), content: content.value })
    : err(`"${path}" ${content.error}.`);
}
