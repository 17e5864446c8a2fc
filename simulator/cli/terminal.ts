/** Where a command writes. Text for people and machines goes to `out`, what went wrong to `error`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
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

/** One sentence on the error stream, and the code to end with. */
export function unusable(terminal: Terminal, sentence: string): ExitCode {
  terminal.error(`nexus-sim: ${sentence}\n`);
  return ExitCode.unusable;
}
