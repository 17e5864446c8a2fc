import type * as vscode from 'vscode';
import { WORLD_TEXT_MAX } from '../../simulator/protocol/contract.ts';
import { requestFailed, worldTooLarge } from '../errors.ts';
import type { Command } from '../services.ts';
import { readSettings } from '../settings.ts';
import { ensureSimulator } from './ensure-simulator.ts';
import { findWorldDocument } from './world-document.ts';

/** Runs a world file in the simulator and shows its timeline. */
export const runWorld: Command =
  (services) =>
  async (...args) => {
    const { editor, results, timeline } = services;
    const document = await findWorldDocument(editor, uriOf(args[0]));
    if (document === undefined) return;
    const name = editor.workspace.asRelativePath(document.uri);
    const text = document.getText();
    if (text.length > WORLD_TEXT_MAX) {
      void editor.window.showErrorMessage(worldTooLarge(name));
      return;
    }
    const client = await ensureSimulator(services);
    if (client === undefined) return;
    // A world's hours pass at once, unless the user holds the clock.
    const held = services.feed.clock?.mode.mode === 'paused' || readSettings(editor).time === 'paused';
    if (!held) await client.request('clock/set', { mode: 'run' });
    const reply = await client.request('world/run', { name, text });
    if (!reply.ok) {
      void editor.window.showErrorMessage(requestFailed(reply.error));
      return;
    }
    const { run, problems } = reply.value;
    if (run === undefined) {
      results.refused(document, name, problems);
      return;
    }
    timeline.show({ preserveFocus: true });
    results.started(document, run);
  };

/** Menus of editors and of the explorer pass the file's address first; the palette passes nothing. */
const uriOf = (value: unknown): vscode.Uri | undefined =>
  typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value
    ? (value as vscode.Uri)
    : undefined;
