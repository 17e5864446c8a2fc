// Starts the VS Code that is served to a browser, and a headless Chromium that shows it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { chromiumArguments } from '../../setup/browser.ts';
import { runOrThrow } from '../../setup/command.ts';
import type { Editor } from '../../setup/editor.ts';
import { quietSettings } from './launched-editor.ts';
import type { LaunchedEditor, LaunchPlan } from './launched-editor.ts';

type BrowserEditor = Extract<Editor, { kind: 'browser' }>;

const startTimeout = 60_000;
const installTimeout = 120_000;

/**
 * Installs the plan's extensions, serves the editor on a free loopback port and shows it.
 * The server's own log goes to `server.log` in the plan's home.
 */
export async function launchInBrowser(editor: BrowserEditor, plan: LaunchPlan): Promise<LaunchedEditor> {
  await mkdir(join(plan.home, 'User'), { recursive: true });
  await writeFile(join(plan.home, 'User', 'settings.json'), JSON.stringify(quietSettings));
  const folders = [
    ...['--config', join(plan.home, 'config.yaml')],
    ...['--user-data-dir', plan.home],
    ...['--extensions-dir', join(plan.home, 'extensions')],
  ];
  for (const vsix of plan.extensions) {
    await runOrThrow(editor.node, [editor.entry, ...folders, '--install-extension', vsix], {
      timeout: installTimeout,
    });
  }
  const server = await serve(editor, folders, plan);
  try {
    const browser = await chromium.launch({
      executablePath: editor.browser,
      args: [...chromiumArguments],
    });
    // A wide window, so that no side bar hides what a test looks for.
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // Leaving a window with unsaved files asks; a test that leaves means it.
    page.on('dialog', (dialog) => void dialog.accept());
    const openFolder = async (folder: string): Promise<void> => {
      await page.goto(`${server.url}?folder=${encodeURIComponent(folder)}`);
    };
    await openFolder(plan.folder);
    return {
      page,
      openFolder,
      close: async () => {
        await browser.close();
        await stop(server.process);
      },
    };
  } catch (error) {
    await stop(server.process);
    throw error;
  }
}

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

async function serve(editor: BrowserEditor, folders: readonly string[], plan: LaunchPlan): Promise<Server> {
  const args = [
    ...[editor.entry, ...folders],
    ...['--auth', 'none', '--bind-addr', '127.0.0.1:0'],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-proxy'],
    '--disable-getting-started-override',
  ];
  const child = spawn(editor.node, args, {
    env: { ...process.env, ...plan.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(plan.home, 'server.log'));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+\/)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(
        new Error(`The editor's server ended with ${code ?? 'a signal'} before it listened; see server.log.`),
      );
    });
    AbortSignal.timeout(startTimeout).addEventListener('abort', () => {
      reject(
        new Error(`The editor's server did not listen within ${startTimeout / 1000} s; see server.log.`),
      );
    });
  });
  return { url, process: child };
}

/** Ends the server and waits for it: its extension hosts end with it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
    AbortSignal.timeout(10_000).addEventListener('abort', () => child.kill('SIGKILL'));
  });
}
