/** Why and when a command that stays up should end. */
export class Ending {
  #input: NodeJS.ReadStream | undefined;
  #tell: () => void = () => undefined;
  #failure: string | undefined;

  /** Settles when anything asked for the end. */
  readonly asked = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  readonly ask = (): void => {
    this.#tell();
  };

  /** Why the command cannot go on, in one sentence; the first reason counts. */
  get failure(): string | undefined {
    return this.#failure;
  }

  readonly fail = (sentence: string): void => {
    this.#failure ??= sentence;
    this.#tell();
  };

  /** Listens to what ends a process from outside. */
  onSignals(process: NodeJS.Process): this {
    process.once('SIGINT', this.ask);
    process.once('SIGTERM', this.ask);
    return this;
  }

  /** Whoever started the process holds its input open; it must not outlive them. */
  onInputClosed(input: NodeJS.ReadStream): this {
    this.#input = input;
    input.once('end', this.ask).once('close', this.ask).once('error', this.ask).resume();
    return this;
  }

  /** Lets go of the input, which would keep the process alive. */
  release(): void {
    this.#input?.destroy();
  }
}
