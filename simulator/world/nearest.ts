/** Longest name that is compared; longer ones are rarely typed and cost time quadratic in their length. */
const NAME_LENGTH_MAX = 40;

/** The candidate that `name` was most likely meant to be, if one is near enough to be a slip of the hand. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance || candidate.length > NAME_LENGTH_MAX)
      continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `; did you mean "taskQueue"?`, or else the choices, or nothing when there are none. */
export function suggestion(name: string, candidates: readonly string[], otherwise: string): string {
  const near = nearest(name, candidates);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return candidates.length === 0 ? '.' : `; ${otherwise}: ${listed(candidates)}.`;
}

const LISTED_MAX = 16;

/** `a, b, c`, cut short when there are many. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  return names.length > LISTED_MAX ? `${shown} and ${names.length - LISTED_MAX} more` : shown;
}

/** Levenshtein distance in which two neighbours changing places count as one edit. */
function editDistance(a: string, b: string): number {
  const columns = b.length + 1;
  const cost = new Array<number>((a.length + 1) * columns).fill(0);
  const at = (i: number, j: number): number => cost[i * columns + j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      let least: number;
      if (i === 0 || j === 0) least = i + j;
      else {
        const same = a[i - 1] === b[j - 1];
        least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
        const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        if (swapped) least = Math.min(least, at(i - 2, j - 2) + 1);
      }
      cost[i * columns + j] = least;
    }
  }
  return at(a.length, b.length);
}
