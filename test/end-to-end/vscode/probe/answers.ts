// The probe's answers, one per request of its contract.
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type { TestRecord } from '../../../setup/test-record.ts';
import type {
  ActiveEditor,
  Diagnosis,
  ExtensionState,
  Position,
  ProbeMethod,
  ProbeParams,
  ProbeResult,
  Range,
  Target,
} from '../probe-contract.ts';

type Answers = {
  readonly [M in ProbeMethod]: (params: ProbeParams<M>) => ProbeResult<M> | Promise<ProbeResult<M>>;
};

export const answers: Answers = {
  command: ({ id, args }) => Promise.resolve(vscode.commands.executeCommand(id, ...args.map(revive))),
  commands: () => Promise.resolve(vscode.commands.getCommands(true)),
  show,
  activeEditor,
  diagnostics: ({ path }) => vscode.languages.getDiagnostics(vscode.Uri.file(path)).map(diagnosis),
  definition,
  extension: ({ id }) => extensionState(id),
  runSuites,
};

async function show({ path, line }: ProbeParams<'show'>): Promise<null> {
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    selection: new vscode.Range(at, at),
    preview: false,
  });
  return null;
}

function activeEditor(): ActiveEditor | null {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return null;
  const { document, selection } = editor;
  return { path: document.uri.fsPath, language: document.languageId, selection: range(selection) };
}

function diagnosis(found: vscode.Diagnostic): Diagnosis {
  const code = typeof found.code === 'object' ? found.code.value : found.code;
  return {
    severity: (['error', 'warning', 'information', 'hint'] as const)[found.severity],
    message: found.message,
    source: found.source ?? '',
    code: String(code ?? ''),
    range: range(found.range),
  };
}

async function definition({ path, line, column }: ProbeParams<'definition'>): Promise<readonly Target[]> {
  const found = await vscode.commands.executeCommand<readonly (vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    vscode.Uri.file(path),
    new vscode.Position(line - 1, column - 1),
  );
  return found.map((target) =>
    'targetUri' in target
      ? { path: target.targetUri.fsPath, range: range(target.targetSelectionRange ?? target.targetRange) }
      : { path: target.uri.fsPath, range: range(target.range) },
  );
}

function extensionState(id: string): ExtensionState {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) return 'absent';
  return extension.isActive ? 'active' : 'inactive';
}

/** What a script of suites for the extension host exports. */
interface HostScript {
  readonly runHostSuites: (host: typeof vscode) => Promise<readonly TestRecord[]>;
}

async function runSuites({ script }: ProbeParams<'runSuites'>): Promise<readonly TestRecord[]> {
  // Loaded from the repository, where mocha lies beside it, not from where the probe is installed.
  const loaded = createRequire(script)(script) as HostScript;
  return loaded.runHostSuites(vscode);
}

function revive(arg: unknown): unknown {
  if (typeof arg !== 'object' || arg === null || !('$path' in arg)) return arg;
  return vscode.Uri.file(String(arg.$path));
}

function range(from: vscode.Range): Range {
  return { start: position(from.start), end: position(from.end) };
}

function position({ line, character }: vscode.Position): Position {
  return { line: line + 1, column: character + 1 };
}
