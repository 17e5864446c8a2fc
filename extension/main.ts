import * as vscode from 'vscode';
import { createLanguageServer } from './clients/language-client.ts';
import { compose, type Extension } from './compose.ts';

let extension: Extension | undefined;

/** Called by the editor, once, when something of Nexus is in the workspace or is asked for. */
export function activate(context: vscode.ExtensionContext): void {
  const root = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const languageServer = createLanguageServer(vscode.Uri.joinPath(root, 'server.cjs').fsPath);
  extension = compose({ editor: vscode, root, command: process.execPath, languageServer });
}

/** The editor waits for this before it ends the process. */
export async function deactivate(): Promise<void> {
  await extension?.stop();
  extension = undefined;
}
