// What every runner reports about one test, whatever the runner is.

export type TestRecord =
  | (TestName & { readonly state: 'passed' })
  | (TestName & { readonly state: 'failed'; readonly message: string })
  | (TestName & { readonly state: 'skipped'; readonly reason: string });

export interface TestName {
  /** Which part of the run the test belongs to: a vitest project's name, or `editor`. */
  readonly group: string;
  /** The titles from the outermost suite to the test, joined with ` > `. */
  readonly name: string;
}

/** Said of a skipped test whose author gave no reason. */
export const noReason = 'marked as skipped in its source, without a reason';

/**
 * Reads the records a runner left in a file.
 * @throws Error saying what is wrong with the text: a runner that leaves nonsense counts as failed.
 */
export function parseRecords(text: string): readonly TestRecord[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error('A report must be a list of tests.');
  return value.map((item: unknown, at) => {
    const record = asRecord(item);
    if (record === undefined) {
      throw new Error(
        `Entry ${at} of the report is not a test with group, name and state: ${JSON.stringify(item)}`,
      );
    }
    return record;
  });
}

function asRecord(item: unknown): TestRecord | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { group, name, state, message, reason } = item as Record<string, unknown>;
  if (typeof group !== 'string' || typeof name !== 'string') return undefined;
  if (state === 'passed') return { group, name, state };
  if (state === 'failed' && typeof message === 'string') return { group, name, state, message };
  if (state === 'skipped' && typeof reason === 'string') return { group, name, state, reason };
  return undefined;
}
