/** Writes each failure once: a rule that fails fails on every keystroke. */
export class OnceLog {
  readonly #write: (message: string) => void;
  readonly #seen = new Set<string>();

  constructor(write: (message: string) => void) {
    this.#write = write;
  }

  /** `what` names the part that failed and makes failures comparable. */
  failure(what: string, failure: unknown): void {
    const message = failure instanceof Error ? failure.message : String(failure);
    const key = `${what}\n${message}`;
    if (this.#seen.has(key) || this.#seen.size >= differentFailuresMax) return;
    this.#seen.add(key);
    const stack = failure instanceof Error && failure.stack !== undefined ? `\n${failure.stack}` : '';
    this.#write(`${what} failed: ${message}${stack}`);
  }
}

const differentFailuresMax = 1000;
