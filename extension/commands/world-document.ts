import type * as vscode from 'vscode';
import { isWorldFile, WORLD_FILES } from '../contributions.ts';
import type { Editor, WorldDocument } from '../editor.ts';
import { notAWorldFile, noWorldFile } from '../errors.ts';

/** World files that are offered at most. */
const FILES_MAX = 500;

/**
 * The world file to run: the one a menu names, else the one in the active editor, else one of the
 * workspace's. Always the text as it stands in the editor, saved or not. `undefined` when the user chose
 * none or has been told why there is none.
 */
export async function findWorldDocument(
  editor: Editor,
  named: vscode.Uri | undefined,
): Promise<WorldDocument | undefined> {
  if (named !== undefined) {
    if (isWorldFile(named.path)) return editor.workspace.openTextDocument(named);
    void editor.window.showErrorMessage(notAWorldFile(editor.workspace.asRelativePath(named)));
    return undefined;
  }
  const active = editor.window.activeTextEditor?.document;
  if (active !== undefined && isWorldFile(active.uri.path)) return active;
  const files = await editor.workspace.findFiles(WORLD_FILES, '**/node_modules/**', FILES_MAX);
  const uri = files.length > 1 ? await choose(editor, files) : files[0];
  if (files.length === 0) void editor.window.showErrorMessage(noWorldFile());
  return uri === undefined ? undefined : editor.workspace.openTextDocument(uri);
}

async function choose(editor: Editor, files: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const items = files
    .map((uri) => ({ label: editor.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const picked = await editor.window.showQuickPick(items, { placeHolder: 'Choose the world file to run' });
  return picked?.uri;
}
