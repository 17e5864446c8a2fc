import type { Palette } from './palette.ts';

/** Where a command writes. Text for people and machines goes to `out`, what went wrong to `error`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** For what goes to `out`. */
  readonly palette: Palette;
  /** Columns that a line of `out` may take. */
  readonly width: number;
}

/** What a file or a pipe gets, and the narrowest and the widest that is drawn for. */
const WIDTH_UNKNOWN = 100;
const WIDTH_MIN = 40;
const WIDTH_MAX = 200;

/** The terminal's width; for a pipe what the environment says. */
export function widthOf(
  stream: { readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  const told = stream.columns ?? Number(env['COLUMNS']);
  return told > 0 ? Math.min(Math.max(Math.floor(told), WIDTH_MIN), WIDTH_MAX) : WIDTH_UNKNOWN;
}

/** What the process ends with. */
export const ExitCode = {
  /** The command did what it was asked, and every expectation held. */
  passed: 0,
  /** An expectation did not hold. */
  failed: 1,
  /** The command was not understood, or something it needs is missing or broken. */
  unusable: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The codes as help tells them. */
export const exitCodes = `Exit codes:
  0   all is well
  1   an expectation does not hold, or the run was interrupted
  2   the command line, a file or a port cannot be used
  70  a bug of the simulator`;

/** One sentence on the error stream, and the code to end with. */
export function unusable(terminal: Terminal, sentence: string): ExitCode {
  terminal.error(`nexus-sim: ${sentence}\n`);
  return ExitCode.unusable;
}
