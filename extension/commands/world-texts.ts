import type * as vscode from 'vscode';
import { err, ok, type Result } from '../../simulator/base/result.ts';
import { WORLD_TEXT_MAX } from '../../simulator/protocol/contract.ts';
import {
  fitsPattern,
  isPattern,
  joinPath,
  relativePath,
  splitPath,
  WORLD_FILES_MAX,
  WORLD_FILES_TEXT_MAX,
} from '../../simulator/protocol/world-files.ts';
import type { SimulatorClient } from '../clients/simulator-client.ts';
import type { Editor, WorldDocument } from '../editor.ts';
import { requestFailed, worldFilesTooLarge, worldTooLarge } from '../errors.ts';

/** A world file as it is sent: `name` is its path, which those of `files` are relative to. */
export interface WorldTexts {
  readonly name: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The address of a file that a world names by this path. */
export const worldFileUri = (
  { Uri }: Pick<Editor, 'Uri'>,
  world: { readonly document: WorldDocument; readonly name: string },
  path: string,
): vscode.Uri => Uri.joinPath(world.document.uri, '..', relativePath(path, world.name));

/**
 * Reads a world with all that it includes and its contracts, as they stand in the editor. What cannot be read is
 * left out: the simulator says where it is named. The error is for the user.
 */
export async function readWorldTexts(
  editor: Editor,
  client: Pick<SimulatorClient, 'request'>,
  world: { readonly document: WorldDocument; readonly name: string },
): Promise<Result<WorldTexts, string>> {
  const { document, name } = world;
  const text = document.getText();
  if (text.length > WORLD_TEXT_MAX) return err(worldTooLarge(name));
  const files: Record<string, string> = {};
  const known = new Set<string>();
  for (;;) {
    const named = await client.request('world/files', { name, text, files });
    if (!named.ok) return err(requestFailed(named.error));
    const fresh = named.value.paths.filter((path) => !known.has(path));
    if (fresh.length === 0) return ok({ name, text, files });
    for (const path of fresh) {
      known.add(path);
      for (const each of await matching(editor, world, path)) {
        const found = await read(editor, worldFileUri(editor, world, each));
        if (found === undefined) continue;
        if (found.length > WORLD_TEXT_MAX) return err(worldTooLarge(each));
        files[each] = found;
      }
    }
    const characters = Object.values(files).reduce((sum, each) => sum + each.length, 0);
    if (Object.keys(files).length > WORLD_FILES_MAX || characters > WORLD_FILES_TEXT_MAX)
      return err(worldFilesTooLarge(name));
  }
}

/** The paths that one with `*` in it stands for. */
async function matching(
  editor: Editor,
  world: { readonly document: WorldDocument; readonly name: string },
  path: string,
): Promise<readonly string[]> {
  const { folder, name } = splitPath(path);
  if (!isPattern(name)) return [path];
  try {
    const entries = await editor.workspace.fs.readDirectory(worldFileUri(editor, world, folder));
    const fitting = entries.filter(([entry]) => fitsPattern(entry, name)).slice(0, WORLD_FILES_MAX + 1);
    return fitting.map(([entry]) => joinPath(folder, entry));
  } catch {
    return [];
  }
}

async function read({ workspace }: Editor, uri: vscode.Uri): Promise<string | undefined> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
