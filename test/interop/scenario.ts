import type { Cell } from './cell.ts';

/** One row of the table. */
export interface Scenario {
  /** As the end of the sentence that starts with the languages. */
  readonly name: string;
  /**
   * Which languages it is played in: every caller with every desk, or each language with itself where only
   * one side has a part.
   */
  readonly across: 'pairs' | 'languages';
  /** Why it cannot hold yet, in one sentence. It is skipped, with that for a reason. */
  readonly pending?: string;
  /** Whether it would take long if time did not leap: how long it took is printed. */
  readonly long?: true;
  readonly play: (cell: Cell) => Promise<void>;
}
