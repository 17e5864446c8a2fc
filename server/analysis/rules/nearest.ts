/** The candidate that a misspelt name most likely meant, or `undefined` if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong: `request` is no slip for `output`, `inputs` is one for `input`.
  let bestDistance = Math.max(1, Math.trunc(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `rename it to "x" or remove it`, or, where nothing is near, `rename or remove it`. */
export function renameAdvice(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates);
  return found === undefined ? 'rename or remove it' : `rename it to "${found}" or remove it`;
}

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

/** Names longer than this are not compared letter by letter. */
const comparedLengthMax = 200;

/** Letters to insert, delete, replace, or swap with their neighbour. */
function editDistance(left: string, right: string): number {
  if (left.length > comparedLengthMax || right.length > comparedLengthMax) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const differs = left[row - 1] === right[column - 1] ? 0 : 1;
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + differs,
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
