import { posix } from 'node:path';
import type * as vscode from 'vscode';
import type {
  Editor,
  Marks,
  Panel,
  PanelSerializer,
  StatusItem,
  TextChange,
  WorldDocument,
} from '../../extension/editor.ts';
import { Emitter } from '../../simulator/base/emitter.ts';

/** What the user saw and may answer, and what the workspace holds. */
export interface FakeDesk {
  readonly editor: Editor;
  readonly messages: string[];
  readonly logged: string[];
  /** Answers to questions, in the order in which they will be asked; without one the question is closed. */
  readonly answers: string[];
  readonly files: Map<string, string>;
  /** Texts that are in an editor and not saved. */
  readonly unsaved: Map<string, string>;
  readonly settings: Map<string, unknown>;
  readonly marks: Map<string, readonly vscode.Diagnostic[]>;
  readonly context: Map<string, unknown>;
  readonly status: StatusItem;
  readonly panels: FakePanel[];
  /** Places that were shown, as `path:line`, lines from 0. */
  readonly shown: string[];
  readonly symbols: { readonly name: string; readonly path: string; readonly line: number }[];
  readonly commands: Map<string, (...args: unknown[]) => unknown>;
  readonly restorer: () => PanelSerializer | undefined;
  trusted: boolean;
  active: string | undefined;
  edit(path: string): void;
}

export interface FakePanel extends Panel {
  readonly posted: unknown[];
  receive(message: unknown): void;
}

/** An editor without windows. Its API is checked against the real one by the compiler. */
export function fakeDesk(): FakeDesk {
  const changes = new Emitter<TextChange>();
  let restorer: PanelSerializer | undefined;
  const desk: Omit<FakeDesk, 'editor'> = {
    messages: [],
    logged: [],
    answers: [],
    files: new Map(),
    unsaved: new Map(),
    settings: new Map(),
    marks: new Map(),
    context: new Map(),
    status: fakeStatus(),
    panels: [],
    shown: [],
    symbols: [],
    commands: new Map(),
    restorer: () => restorer,
    trusted: true,
    active: undefined,
    edit: (path) => changes.fire({ document: { uri: fakeUri(path) }, contentChanges: [{}] }),
  };
  const editor = {
    ...values,
    commands: fakeCommands(desk),
    languages: { createDiagnosticCollection: () => fakeMarks(desk) },
    window: fakeWindow(desk, (given) => (restorer = given)),
    workspace: {
      get isTrusted() {
        return desk.trusted;
      },
      asRelativePath: (uri) => uri.path.replace(/^\/project\//, ''),
      fs: {
        readFile: (uri) => {
          const text = desk.files.get(uri.path);
          if (text === undefined) return Promise.reject(new Error(`${uri.path} is not there`));
          return Promise.resolve(new TextEncoder().encode(text));
        },
        readDirectory: (uri) => {
          const inside = [...desk.files.keys()].filter((path) => posix.dirname(path) === uri.path);
          if (inside.length === 0) return Promise.reject(new Error(`${uri.path} is not there`));
          return Promise.resolve(inside.map((path) => [posix.basename(path), 1] as const));
        },
      },
      get textDocuments() {
        return [...desk.unsaved].map(([path, text]) => fakeDocument(path, text));
      },
      findFiles: () => Promise.resolve([...desk.files.keys()].map(fakeUri)),
      getConfiguration: (section) => ({ get: (key) => desk.settings.get(`${section}.${key}`) }),
      onDidChangeTextDocument: (listener) => changes.event(listener),
      openTextDocument: (uri) => Promise.resolve(fakeDocument(uri.path, desk.files.get(uri.path) ?? '')),
    },
  } satisfies Editor;
  return Object.assign(desk, { editor });
}

export const fakeUri = (path: string): vscode.Uri => {
  const uri: Pick<vscode.Uri, 'fsPath' | 'path' | 'scheme' | 'toString'> = {
    scheme: 'file',
    path,
    fsPath: path,
    toString: () => `file://${path}`,
  };
  // The class has a private constructor; what the extension reads of it is here.
  return uri as vscode.Uri;
};

export function fakeDocument(path: string, text: string): WorldDocument {
  const lines = text.split('\n');
  const lineAt = (line: number): vscode.TextLine =>
    ({
      firstNonWhitespaceCharacterIndex: /\S|$/.exec(lines[line] ?? '')?.index ?? 0,
      range: new values.Range(line, 0, line, (lines[line] ?? '').length),
    }) as vscode.TextLine;
  return {
    uri: fakeUri(path),
    lineCount: lines.length,
    getText: () => text,
    // The overload that takes a position is not used.
    lineAt: lineAt as WorldDocument['lineAt'],
  };
}

class FakeRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };

  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
    this.start = { line: startLine, character: startCharacter };
    this.end = { line: endLine, character: endCharacter };
  }
}

class FakeDiagnostic {
  source?: string;
  readonly range: vscode.Range;
  readonly message: string;
  readonly severity: vscode.DiagnosticSeverity;

  constructor(range: vscode.Range, message: string, severity: vscode.DiagnosticSeverity) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

class FakeThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the editor's enums have no values outside it */
const values: Omit<Editor, 'commands' | 'languages' | 'window' | 'workspace'> = {
  Diagnostic: FakeDiagnostic,
  DiagnosticSeverity: { Error: 0 },
  // A real range has many methods; the extension only makes ranges and hands them on.
  Range: FakeRange as unknown as Editor['Range'],
  StatusBarAlignment: { Left: 1 },
  ThemeColor: FakeThemeColor,
  Uri: {
    joinPath: (base: vscode.Uri, ...parts: string[]) => fakeUri(posix.join(base.path, ...parts)),
    parse: (text: string) => fakeUri(text.replace(/^file:\/\//, '')),
  },
  ViewColumn: { Beside: -2, One: 1 },
};
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

type Desk = Omit<FakeDesk, 'editor'>;

function fakeCommands(desk: Desk): Editor['commands'] {
  return {
    registerCommand: (id, run) => {
      desk.commands.set(id, run);
      return { dispose: () => void desk.commands.delete(id) };
    },
    executeCommand: <T>(id: string, ...args: unknown[]): Promise<T> => {
      if (id === 'setContext') desk.context.set(String(args[0]), args[1]);
      if (id !== 'vscode.executeWorkspaceSymbolProvider') return Promise.resolve(undefined as T);
      const found = desk.symbols.map(({ name, path, line }) => ({
        name,
        location: { uri: fakeUri(path), range: new FakeRange(line, 0, line, 1) },
      }));
      return Promise.resolve(found as T);
    },
  };
}

function fakeMarks(desk: Desk): Marks {
  return {
    set: (uri, diagnostics) => void desk.marks.set(uri.path, diagnostics),
    delete: (uri) => void desk.marks.delete(uri.path),
    dispose: () => desk.marks.clear(),
  };
}

function fakeWindow(desk: Desk, restore: (given: PanelSerializer) => void): Editor['window'] {
  const ask = (message: string): Promise<string | undefined> => {
    desk.messages.push(message);
    return Promise.resolve(desk.answers.shift());
  };
  return {
    get activeTextEditor() {
      const path = desk.active;
      return path === undefined ? undefined : { document: fakeDocument(path, desk.files.get(path) ?? '') };
    },
    createOutputChannel: () => ({
      info: (line: string) => void desk.logged.push(line),
      error: (line: string | Error) => void desk.logged.push(String(line)),
      show: () => undefined,
      dispose: () => undefined,
    }),
    createStatusBarItem: () => desk.status,
    createWebviewPanel: () => {
      const panel = fakePanel();
      desk.panels.push(panel);
      return panel;
    },
    registerWebviewPanelSerializer: (_type, serializer) => {
      restore(serializer);
      return { dispose: () => undefined };
    },
    showErrorMessage: ask,
    showWarningMessage: ask,
    showInputBox: () => Promise.resolve(desk.answers.shift()),
    showQuickPick: (items) => {
      const answer = desk.answers.shift();
      return Promise.resolve(items.find((item) => item.label === answer));
    },
    showTextDocument: (uri, { selection }) => {
      desk.shown.push(`${uri.path}:${selection?.start.line}`);
      return Promise.resolve();
    },
  };
}

export function fakePanel(): FakePanel {
  const received = new Emitter<unknown>();
  const disposed = new Emitter<undefined>();
  const posted: unknown[] = [];
  return {
    posted,
    receive: (message) => received.fire(message),
    webview: {
      html: '',
      options: {},
      cspSource: 'https://*.vscode-cdn.net',
      asWebviewUri: (uri) => fakeUri(`/webview${uri.path}`),
      onDidReceiveMessage: (listener) => received.event(listener),
      postMessage: (message) => {
        posted.push(message);
        return Promise.resolve(true);
      },
    },
    reveal: () => undefined,
    onDidDispose: (listener) => disposed.event(listener),
    dispose: () => disposed.fire(undefined),
  };
}

const fakeStatus = (): StatusItem => ({
  text: '',
  tooltip: undefined,
  command: undefined,
  backgroundColor: undefined,
  name: undefined,
  accessibilityInformation: undefined,
  show: () => undefined,
  dispose: () => undefined,
});
