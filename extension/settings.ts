import type { Editor } from './editor.ts';
import { settings, SETTINGS_SECTION } from './contributions.ts';

export const timeModes = ['real', 'paced:0.1', 'paced:10', 'paced:100', 'skip', 'paused'] as const;
/** How a freshly started simulator treats time. */
export type TimeMode = (typeof timeModes)[number];

export interface Settings {
  /** Port for workers and clients; 0 lets the system choose. */
  readonly grpcPort: number;
  readonly time: TimeMode;
}

const defaults: Settings = { grpcPort: 7233, time: 'real' };

/** The only reader of settings. What is not usable counts as not set: the editor underlines it already. */
export function readSettings(editor: Pick<Editor, 'workspace'>): Settings {
  const section = editor.workspace.getConfiguration(SETTINGS_SECTION);
  const port = section.get(settings.grpcPort);
  const time = section.get(settings.time);
  return {
    grpcPort: isPort(port) ? port : defaults.grpcPort,
    time: timeModes.find((mode) => mode === time) ?? defaults.time,
  };
}

const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
