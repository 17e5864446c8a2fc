import type * as vscode from 'vscode';
import type { Disposable } from '../simulator/base/disposable.ts';

/**
 * The part of the editor's API that this extension uses. `main.ts` passes the real one, tests a twin; the
 * compiler compares both with this.
 */
export interface Editor {
  readonly Diagnostic: new (
    range: vscode.Range,
    message: string,
    severity: vscode.DiagnosticSeverity,
  ) => vscode.Diagnostic;
  readonly DiagnosticSeverity: Pick<typeof vscode.DiagnosticSeverity, 'Error'>;
  readonly Range: new (
    startLine: number,
    startCharacter: number,
    endLine: number,
    endCharacter: number,
  ) => vscode.Range;
  readonly StatusBarAlignment: Pick<typeof vscode.StatusBarAlignment, 'Left'>;
  readonly ThemeColor: new (id: string) => vscode.ThemeColor;
  readonly Uri: Pick<typeof vscode.Uri, 'joinPath' | 'parse'>;
  readonly ViewColumn: Pick<typeof vscode.ViewColumn, 'Beside' | 'One'>;
  readonly commands: {
    registerCommand(id: string, run: (...args: unknown[]) => unknown): Disposable;
    executeCommand<T>(id: string, ...args: unknown[]): Thenable<T>;
  };
  readonly languages: { createDiagnosticCollection(name: string): Marks };
  readonly window: EditorWindow;
  readonly workspace: EditorWorkspace;
}

interface EditorWindow {
  readonly activeTextEditor: { readonly document: WorldDocument } | undefined;
  createOutputChannel(name: string, options: { readonly log: true }): Log;
  createStatusBarItem(id: string, alignment: vscode.StatusBarAlignment, priority: number): StatusItem;
  createWebviewPanel(
    viewType: string,
    title: string,
    show: { readonly viewColumn: vscode.ViewColumn; readonly preserveFocus: boolean },
  ): Panel;
  registerWebviewPanelSerializer(viewType: string, serializer: PanelSerializer): Disposable;
  showErrorMessage(message: string, ...items: string[]): Thenable<string | undefined>;
  showWarningMessage(message: string, ...items: string[]): Thenable<string | undefined>;
  showInputBox(options: vscode.InputBoxOptions): Thenable<string | undefined>;
  showQuickPick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: { readonly placeHolder: string },
  ): Thenable<T | undefined>;
  showTextDocument(uri: vscode.Uri, options: vscode.TextDocumentShowOptions): Thenable<unknown>;
}

interface EditorWorkspace {
  readonly isTrusted: boolean;
  readonly fs: {
    readFile(uri: vscode.Uri): Thenable<Uint8Array>;
    readDirectory(uri: vscode.Uri): Thenable<readonly (readonly [name: string, type: vscode.FileType])[]>;
  };
  /** The documents that are open, saved or not. */
  readonly textDocuments: readonly Pick<vscode.TextDocument, 'getText' | 'uri'>[];
  asRelativePath(uri: vscode.Uri): string;
  findFiles(include: string, exclude: string, maxResults: number): Thenable<vscode.Uri[]>;
  getConfiguration(section: string): { get(key: string): unknown };
  onDidChangeTextDocument(listener: (change: TextChange) => void): Disposable;
  openTextDocument(uri: vscode.Uri): Thenable<WorldDocument>;
}

export interface TextChange {
  readonly document: Pick<vscode.TextDocument, 'uri'>;
  readonly contentChanges: readonly unknown[];
}

export type WorldDocument = Pick<vscode.TextDocument, 'getText' | 'lineAt' | 'lineCount' | 'uri'>;

export type Log = Pick<vscode.LogOutputChannel, 'dispose' | 'error' | 'info'> & {
  show(preserveFocus: boolean): void;
};

export interface Marks {
  set(uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]): void;
  delete(uri: vscode.Uri): void;
  dispose(): void;
}

export type StatusItem = Pick<
  vscode.StatusBarItem,
  | 'accessibilityInformation'
  | 'backgroundColor'
  | 'command'
  | 'dispose'
  | 'name'
  | 'show'
  | 'text'
  | 'tooltip'
>;

export interface Panel {
  readonly webview: PanelPage;
  reveal(column: undefined, preserveFocus: boolean): void;
  onDidDispose(listener: () => void): Disposable;
  dispose(): void;
}

interface PanelPage {
  html: string;
  options: { readonly enableScripts?: boolean; readonly localResourceRoots?: readonly vscode.Uri[] };
  readonly cspSource: string;
  asWebviewUri(uri: vscode.Uri): vscode.Uri;
  onDidReceiveMessage(listener: (message: unknown) => void): Disposable;
  postMessage(message: unknown): Thenable<boolean>;
}

export interface PanelSerializer {
  deserializeWebviewPanel(panel: Panel, state: unknown): Promise<void>;
}
