import type { SourceProblem, SourceRange } from './source.ts';

/** Most problems that are told; more help nobody. */
const PROBLEMS_MAX = 100;

/** Tells a problem. A message that takes time to make is a function, called only when there is room for it. */
export type Report = (range: SourceRange, message: string | (() => string)) => void;

/** Problems in the order they were found, up to a limit. */
export class ProblemList {
  readonly found: SourceProblem[] = [];

  readonly report: Report = (range, message) => {
    if (this.found.length >= PROBLEMS_MAX) return;
    this.found.push({ range, message: typeof message === 'string' ? message : message() });
  };
}
