// Starts the desktop VS Code and attaches to its window.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runVSCodeCommand } from '@vscode/test-electron';
import { _electron } from 'playwright-core';
import { desktopInstallation } from '../../setup/desktop-editor.ts';
import type { Editor } from '../../setup/editor.ts';
import { quietSettings } from './launched-editor.ts';
import type { LaunchedEditor, LaunchPlan } from './launched-editor.ts';
import type { ProbeLink } from './probe-link.ts';

type DesktopEditor = Extract<Editor, { kind: 'desktop' }>;

const startTimeout = 60_000;

/** Installs the plan's extensions through the editor's command line, then starts it. */
export async function launchDesktop(
  editor: DesktopEditor,
  plan: LaunchPlan,
  probe: ProbeLink,
): Promise<LaunchedEditor> {
  await mkdir(join(plan.home, 'User'), { recursive: true });
  await writeFile(join(plan.home, 'User', 'settings.json'), JSON.stringify(quietSettings));
  const folders = [`--user-data-dir=${plan.home}`, `--extensions-dir=${join(plan.home, 'extensions')}`];
  for (const vsix of plan.extensions) {
    await runVSCodeCommand([...folders, '--no-sandbox', '--install-extension', vsix], desktopInstallation());
  }
  const app = await _electron.launch({
    executablePath: editor.executablePath,
    args: [
      ...[plan.folder, ...folders],
      ...['--new-window', '--no-sandbox', '--disable-workspace-trust', '--disable-updates'],
      ...['--skip-welcome', '--skip-release-notes', '--disable-telemetry', '--no-cached-data'],
    ],
    env: { ...definedVariables(process.env), ...plan.env },
    timeout: startTimeout,
  });
  const page = await app.firstWindow();
  return {
    page,
    openFolder: async (folder) => {
      // The extension host ends while it answers, because the window reloads.
      await probe
        .request('command', {
          id: 'vscode.openFolder',
          args: [{ $path: folder }, { forceReuseWindow: true }],
        })
        .catch(() => undefined);
    },
    close: () => app.close(),
  };
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        // Set by every terminal and task of a running VS Code; it would start as plain Node.
        entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
    ),
  );
}
