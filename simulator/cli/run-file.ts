import { err, ok, type Result } from '../base/result.ts';
import type { WorldProblem } from '../protocol/contract.ts';
import type { FinishedWorld } from '../simulation.ts';
import { parseWorld } from '../world/parse.ts';
import type { World } from '../world/world.ts';
import { readWorldText } from './read-text.ts';
import { renderProblems } from './render-problems.ts';
import { diskText, diskWorldFiles } from './world-files.ts';

/** A world file that can be run. */
export interface WorldText {
  readonly file: string;
  readonly text: string;
  readonly world: World;
}

/** One file that was run. */
export interface FinishedFile {
  readonly file: string;
  readonly seed: number;
  /** The server that it was run on; absent for the simulator. */
  readonly target?: string;
  readonly finished: FinishedWorld;
  /** Milliseconds of the wall clock. */
  readonly tookMs: number;
}

/** Why a file cannot be run. */
export interface Unfit {
  readonly file: string;
  /** For people: one sentence, or every problem with its place. Ends with a newline. */
  readonly said: string;
  /** Empty when the file could not even be read. */
  readonly problems: readonly WorldProblem[];
}

/** Reads all of them, so that everything that is wrong is told at once, in lines of this width. */
export async function readWorldFiles(
  files: readonly string[],
  width: number,
): Promise<{ readonly fit: readonly WorldText[]; readonly unfit: readonly Unfit[] }> {
  const read = await Promise.all(files.map((file) => readWorldFile(file, width)));
  return {
    fit: read.flatMap((each) => (each.ok ? [each.value] : [])),
    unfit: read.flatMap((each) => (each.ok ? [] : [each.error])),
  };
}

async function readWorldFile(file: string, width: number): Promise<Result<WorldText, Unfit>> {
  const text = await readWorldText(file);
  if (!text.ok) return err({ file, said: `nexus-sim: ${text.error}\n`, problems: [] });
  const { value: world, problems } = parseWorld(text.value, { path: file, files: diskWorldFiles });
  if (problems.length === 0) return ok({ file, text: text.value, world });
  return err({
    file,
    said: renderProblems({ path: file, text: text.value, problems }, width, diskText),
    problems,
  });
}
