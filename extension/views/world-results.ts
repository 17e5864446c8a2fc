import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import type { NotificationParams, WorldProblem } from '../../simulator/protocol/contract.ts';
import { DIAGNOSTICS_SOURCE } from '../contributions.ts';
import type { Editor, Marks, WorldDocument } from '../editor.ts';
import { expectationFailed, worldFailed, worldProblems } from '../errors.ts';

type Finished = NotificationParams<'world/finished'>;

/** Shows in the world file, and in one message, what was wrong with it or with its run. */
export class WorldResults implements Disposable {
  readonly #editor: Editor;
  readonly #log: (line: string) => void;
  readonly #diagnostics: Marks;
  readonly #owned = new DisposableStore();
  readonly #documents = new Map<number, WorldDocument>();
  /** A short run may finish before the reply that names it is taken in. */
  #unclaimed: Finished | undefined;

  constructor(editor: Editor, log: (line: string) => void) {
    this.#editor = editor;
    this.#log = log;
    this.#diagnostics = this.#owned.add(editor.languages.createDiagnosticCollection(DIAGNOSTICS_SOURCE));
    // What was said about a text is not said about the next one.
    this.#owned.add(
      editor.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#diagnostics.delete(document.uri);
      }),
    );
  }

  /** The file cannot be run. */
  refused(document: WorldDocument, name: string, problems: readonly WorldProblem[]): void {
    const { Range } = this.#editor;
    const diagnostics = problems.map(({ message, line, column, length }) => {
      const start = Math.max(0, column - 1);
      return this.#diagnostic(new Range(line - 1, start, line - 1, start + Math.max(1, length)), message);
    });
    this.#diagnostics.set(document.uri, diagnostics);
    this.#log(worldProblems(name, problems));
    void this.#editor.window.showErrorMessage(worldProblems(name, problems));
  }

  /** The file runs; its result comes with `finished`. */
  started(document: WorldDocument, run: number): void {
    this.#diagnostics.delete(document.uri);
    // Only the newest run can finish: the simulator throws the earlier world away.
    this.#documents.clear();
    this.#documents.set(run, document);
    if (this.#unclaimed?.run === run) this.finished(this.#unclaimed);
  }

  finished(finished: Finished): void {
    const document = this.#documents.get(finished.run);
    if (document === undefined) {
      this.#unclaimed = finished;
      return;
    }
    this.#unclaimed = undefined;
    const { name, verdict } = finished;
    const failed = verdict.expectations.filter((expectation) => !expectation.passed);
    const marks = failed.map((expectation) =>
      this.#diagnostic(lineOf(this.#editor, document, expectation.line - 1), expectationFailed(expectation)),
    );
    this.#diagnostics.set(document.uri, marks);
    for (const { passed, text, line } of verdict.expectations)
      this.#log(`${name}:${line}: ${passed ? 'passed' : 'FAILED'}: ${text}`);
    if (verdict.passed) return;
    const message = worldFailed(name, failed, verdict.expectations.length);
    this.#log(message);
    void this.#editor.window.showErrorMessage(message);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #diagnostic(range: vscode.Range, message: string): vscode.Diagnostic {
    const { Diagnostic, DiagnosticSeverity } = this.#editor;
    const diagnostic = new Diagnostic(range, message, DiagnosticSeverity.Error);
    diagnostic.source = DIAGNOSTICS_SOURCE;
    return diagnostic;
  }
}

/** The text of a line without its indentation; the line may be gone when the file was edited meanwhile. */
function lineOf(editor: Editor, document: WorldDocument, line: number): vscode.Range {
  const at = Math.max(0, Math.min(line, document.lineCount - 1));
  const { firstNonWhitespaceCharacterIndex, range } = document.lineAt(at);
  return new editor.Range(at, firstNonWhitespaceCharacterIndex, at, range.end.character);
}
