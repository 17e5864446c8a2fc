// Downloads the desktop VS Code, where its windows can be shown and the download is allowed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import type { DownloadOptions } from '@vscode/test-electron';
import { cacheFolder, withLock } from './cache.ts';
import type { Say } from './cache.ts';

/** The desktop release that has the same version as the one in the browser. */
const desktopVersion = '1.139.1';

type DesktopEditor =
  | { readonly kind: 'found'; readonly executablePath: string }
  | { readonly kind: 'absent'; readonly reason: string };

const silence = 15_000;

/** The desktop editor's program; a refused or silent download is given up after some seconds. */
export async function ensureDesktopEditor(say: Say): Promise<DesktopEditor> {
  if (!hasScreen()) {
    return {
      kind: 'absent',
      reason: 'The desktop VS Code needs a screen: set DISPLAY, for example with xvfb-run.',
    };
  }
  try {
    const executablePath = await withLock('desktop', say, () => {
      say(`looking for VS Code ${desktopVersion}, downloading it when it is not in the cache`);
      return downloadAndUnzipVSCode(desktopInstallation());
    });
    if (existsSync(executablePath)) return { kind: 'found', executablePath };
    return {
      kind: 'absent',
      reason: `The download of VS Code ${desktopVersion} left no program at ${executablePath}.`,
    };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { kind: 'absent', reason: `VS Code ${desktopVersion} could not be downloaded: ${cause}.` };
  }
}

/** Which installation is meant, in the words of the tool that downloads and runs it. */
export function desktopInstallation(): Partial<DownloadOptions> {
  return {
    version: desktopVersion,
    cachePath: join(cacheFolder(), 'desktop'),
    timeout: silence,
    reporter: { report: () => undefined, error: () => undefined },
  };
}

function hasScreen(): boolean {
  if (process.platform !== 'linux') return true;
  return (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}
