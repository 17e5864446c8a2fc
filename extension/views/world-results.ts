import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import type {
  ExpectationResult,
  NotificationParams,
  WorldProblem,
} from '../../simulator/protocol/contract.ts';
import { DIAGNOSTICS_SOURCE } from '../contributions.ts';
import type { Editor, Marks, WorldDocument } from '../editor.ts';
import { expectationFailed, worldFailed, worldProblems } from '../errors.ts';

type Finished = NotificationParams<'world/finished'>;

/** A world file that was to be run. */
export interface ShownWorld {
  readonly document: WorldDocument;
  readonly name: string;
  /** The address of a file that the world names by this path. */
  readonly uriOf: (path: string) => vscode.Uri;
}

interface Mark {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

/** Shows in the world's files, and in one message, what was wrong with it or with its run. */
export class WorldResults implements Disposable {
  readonly #editor: Editor;
  readonly #log: (line: string) => void;
  readonly #diagnostics: Marks;
  readonly #owned = new DisposableStore();
  readonly #worlds = new Map<number, ShownWorld>();
  /** The files that have marks. */
  #marked: readonly vscode.Uri[] = [];
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
  refused(world: ShownWorld, problems: readonly WorldProblem[]): void {
    const { Range } = this.#editor;
    this.#mark(
      problems.map((problem) => {
        const { message, line, column, length } = problem.origin ?? problem;
        const start = Math.max(0, column - 1);
        const range = new Range(line - 1, start, line - 1, start + Math.max(1, length));
        return this.#markOf(uriIn(world, problem), range, message);
      }),
    );
    const message = worldProblems(world.name, problems);
    this.#log(message);
    void this.#editor.window.showErrorMessage(message);
  }

  /** The file runs; its result comes with `finished`. */
  started(world: ShownWorld, run: number): void {
    this.#mark([]);
    // Only the newest run can finish: the simulator throws the earlier world away.
    this.#worlds.clear();
    this.#worlds.set(run, world);
    if (this.#unclaimed?.run === run) this.finished(this.#unclaimed);
  }

  finished(finished: Finished): void {
    const world = this.#worlds.get(finished.run);
    if (world === undefined) {
      this.#unclaimed = finished;
      return;
    }
    this.#unclaimed = undefined;
    const { name, verdict } = finished;
    const failed = verdict.expectations.filter((expectation) => !expectation.passed);
    this.#mark(
      failed.map((expectation) => {
        const range = rangeOf(this.#editor, world, expectation);
        return this.#markOf(uriIn(world, expectation), range, expectationFailed(expectation));
      }),
    );
    for (const { passed, text, line, origin = { file: name, line } } of verdict.expectations)
      this.#log(`${origin.file}:${origin.line}: ${passed ? 'passed' : 'FAILED'}: ${text}`);
    if (verdict.passed) return;
    const message = worldFailed(name, failed, verdict.expectations.length);
    this.#log(message);
    void this.#editor.window.showErrorMessage(message);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Puts these marks in the place of all earlier ones. */
  #mark(marks: readonly Mark[]): void {
    for (const uri of this.#marked) this.#diagnostics.delete(uri);
    const files = new Map(marks.map(({ uri }) => [uri.toString(), uri]));
    for (const [text, uri] of files) {
      const own = marks.filter((mark) => mark.uri.toString() === text);
      this.#diagnostics.set(
        uri,
        own.map(({ diagnostic }) => diagnostic),
      );
    }
    this.#marked = [...files.values()];
  }

  #markOf(uri: vscode.Uri, range: vscode.Range, message: string): Mark {
    const { Diagnostic, DiagnosticSeverity } = this.#editor;
    const diagnostic = new Diagnostic(range, message, DiagnosticSeverity.Error);
    diagnostic.source = DIAGNOSTICS_SOURCE;
    return { uri, diagnostic };
  }
}

const uriIn = (
  { document, uriOf }: ShownWorld,
  { origin }: { readonly origin?: { readonly file: string } },
): vscode.Uri => (origin === undefined ? document.uri : uriOf(origin.file));

/** Longer than any line; the editor marks what there is. */
const LINE_END = 10_000;

/** The text of a line without its indentation; the line may be gone when the file was edited meanwhile. */
function rangeOf(
  editor: Editor,
  { document }: ShownWorld,
  { line, origin }: ExpectationResult,
): vscode.Range {
  if (origin !== undefined) return new editor.Range(origin.line - 1, 0, origin.line - 1, LINE_END);
  const at = Math.max(0, Math.min(line - 1, document.lineCount - 1));
  const { firstNonWhitespaceCharacterIndex, range } = document.lineAt(at);
  return new editor.Range(at, firstNonWhitespaceCharacterIndex, at, range.end.character);
}
