// Finds a Chromium on this machine, or installs Debian's.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Say } from './cache.ts';
import { installPackages } from './debian.ts';

type Browser =
  | { readonly kind: 'found'; readonly executablePath: string }
  | { readonly kind: 'absent'; readonly reason: string };

/**
 * Arguments for a headless Chromium that talks to loopback only. Without the background switches it
 * looks up its maker's hosts at every start. `--no-sandbox`: root, as in most containers, has no sandbox.
 */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium to drive: the one CHROME_PATH names, one on the PATH, or a freshly installed one. */
export async function ensureBrowser(say: Say = console.log): Promise<Browser> {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return { kind: 'found', executablePath: named };
    return {
      kind: 'absent',
      reason: `CHROME_PATH names '${named}', which is not a program: correct or unset it.`,
    };
  }
  const present = findBrowser();
  if (present !== undefined) return { kind: 'found', executablePath: present };
  const refusal = await installPackages(['chromium'], say);
  const installed = findBrowser();
  if (installed !== undefined) return { kind: 'found', executablePath: installed };
  return {
    kind: 'absent',
    reason: `No Chromium was found on the PATH or in CHROME_PATH. ${refusal ?? 'Installing chromium brought none.'}`,
  };
}

function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...wellKnown].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
