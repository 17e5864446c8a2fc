import type * as vscode from 'vscode';
import { requestFailed } from '../errors.ts';
import type { Command } from '../services.ts';
import { readSettings } from '../settings.ts';
import { ensureSimulator } from './ensure-simulator.ts';
import { findWorldDocument } from './world-document.ts';
import { readWorldTexts, worldFileUri } from './world-texts.ts';

/** Runs a world file in the simulator and shows its timeline. */
export const runWorld: Command =
  (services) =>
  async (...args) => {
    const { editor, results, timeline } = services;
    const document = await findWorldDocument(editor, uriOf(args[0]));
    if (document === undefined) return;
    const name = editor.workspace.asRelativePath(document.uri);
    const client = await ensureSimulator(services);
    if (client === undefined) return;
    const world = { document, name };
    const texts = await readWorldTexts(editor, client, world);
    if (!texts.ok) {
      void editor.window.showErrorMessage(texts.error);
      return;
    }
    // A world's hours pass at once, unless the user holds the clock.
    const held = services.feed.clock?.mode.mode === 'paused' || readSettings(editor).time === 'paused';
    if (!held) await client.request('clock/set', { mode: 'run' });
    const reply = await client.request('world/run', texts.value);
    if (!reply.ok) {
      void editor.window.showErrorMessage(requestFailed(reply.error));
      return;
    }
    const { run, problems } = reply.value;
    const shown = { ...world, uriOf: (path: string) => worldFileUri(editor, world, path) };
    if (run === undefined) {
      results.refused(shown, problems);
      return;
    }
    timeline.show({ preserveFocus: true });
    results.started(shown, run);
  };

/** Menus of editors and of the explorer pass the file's address first; the palette passes nothing. */
const uriOf = (value: unknown): vscode.Uri | undefined =>
  typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value
    ? (value as vscode.Uri)
    : undefined;
