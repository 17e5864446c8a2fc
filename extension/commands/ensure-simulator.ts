import type { SimulatorClient } from '../clients/simulator-client.ts';
import { commands } from '../contributions.ts';
import { notTrusted, startFailed } from '../errors.ts';
import type { ExtensionServices } from '../services.ts';
import { readSettings } from '../settings.ts';

const USE_FREE_PORT = 'Use a Free Port';
const SHOW_LOG = 'Show Log';

/** A running simulator, started when there is none; `undefined` when the user has been told why not. */
export async function ensureSimulator(services: ExtensionServices): Promise<SimulatorClient | undefined> {
  const { editor, session } = services;
  if (!editor.workspace.isTrusted) {
    void editor.window.showErrorMessage(notTrusted());
    return undefined;
  }
  const { grpcPort, time } = readSettings(editor);
  const first = await session.start({ grpcPort, time });
  if (first.ok) return first.value;
  if (first.error.kind !== 'port-taken') return explain(services, startFailed(first.error));
  const answer = await editor.window.showWarningMessage(startFailed(first.error), USE_FREE_PORT);
  if (answer !== USE_FREE_PORT) return undefined;
  const second = await session.start({ grpcPort: 0, time });
  return second.ok ? second.value : explain(services, startFailed(second.error));
}

async function explain({ editor }: ExtensionServices, sentence: string): Promise<undefined> {
  const answer = await editor.window.showErrorMessage(sentence, SHOW_LOG);
  if (answer === SHOW_LOG) await editor.commands.executeCommand(commands.showLog);
  return undefined;
}
