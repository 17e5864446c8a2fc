/** Throws when a condition that the code itself guarantees does not hold. A failure is a bug, never bad input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`);
}

/** Returns `value`, or throws when it is missing though the code guarantees it. */
export function expectDefined<T>(value: T | undefined, what: string): T {
  assert(value !== undefined, `${what} is missing`);
  return value;
}

/** Ends every switch over a closed union: a forgotten case does not compile. */
export function assertNever(value: never): never {
  throw new Error(`Bug: unexpected value ${JSON.stringify(value)}`);
}
