import { endOf, type Bar } from './layout.ts';

/** Index of the first bar of a row that starts at or after this instant. */
export function firstStartingFrom(row: readonly Bar[], at: number): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bar = row[middle];
    if (bar !== undefined && bar.span.start < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first bar of a row that may reach into what begins at this instant. */
export function firstReaching(row: readonly Bar[], at: number, now: number): number {
  const next = firstStartingFrom(row, at);
  const before = row[next - 1];
  return before !== undefined && endOf(before.span, now) >= at ? next - 1 : next;
}
