import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';
import type { CancellationToken } from '../analysis/cancellation.ts';

/**
 * A progress bar in the editor that nobody waits for: work starts at once, and the bar follows when the client
 * has made it. The user may cancel it.
 */
export class WorkProgress {
  readonly token: CancellationToken;
  readonly #shown: Promise<void>;
  #reporter: WorkDoneProgressServerReporter | undefined;

  constructor(connection: Connection, title: string) {
    const isCancelled = (): boolean => this.#reporter?.token.isCancellationRequested ?? false;
    this.token = {
      get isCancellationRequested() {
        return isCancelled();
      },
    };
    this.#shown = this.#show(connection, title);
  }

  report(done: number, total: number): void {
    this.#reporter?.report(total === 0 ? 100 : Math.trunc((done * 100) / total));
  }

  async end(): Promise<void> {
    await this.#shown;
    this.#reporter?.done();
  }

  async #show(connection: Connection, title: string): Promise<void> {
    try {
      const reporter = await connection.window.createWorkDoneProgress();
      reporter.begin(title, 0, undefined, true);
      this.#reporter = reporter;
    } catch {
      // A client that refuses the bar goes without; the work is the same.
    }
  }
}
