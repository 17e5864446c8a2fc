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
  /** Whether it would take long if time did not leap: how long it took is printed. */
  readonly long?: true;
  readonly play: (cell: Cell) => Promise<void>;
}
