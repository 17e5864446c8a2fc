// Installs Debian packages where this process may; says so where it may not.
import { existsSync } from 'node:fs';
import { withLock } from './cache.ts';
import type { Say } from './cache.ts';
import { runToEnd } from './command.ts';

/** Undefined when the packages are installed, else one sentence that says what to do by hand. */
export async function installPackages(packages: readonly string[], say: Say): Promise<string | undefined> {
  const byHand = `install ${packages.join(' and ')} with your package manager`;
  if (!existsSync('/usr/bin/apt-get')) return `This system has no apt-get: ${byHand}.`;
  const prefix = await privilege();
  if (prefix === undefined) {
    return `Only root may install packages and sudo asks for a password here: ${byHand}.`;
  }
  return withLock('apt-get', say, async () => {
    // A machine that was just made may have no package lists at all, or stale ones.
    for (const args of [
      ['update', '-qq'],
      ['install', '--yes', '--no-install-recommends', ...packages],
    ]) {
      say(`apt-get ${args.join(' ')}`);
      const [command, ...rest] = [...prefix, 'apt-get', ...args] as [string, ...string[]];
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      const { code, output } = await runToEnd(command, rest, { env, timeout: aptTimeout });
      if (code !== 0) return `apt-get ${args.join(' ')} failed (${lastLine(output)}): ${byHand}.`;
    }
    return undefined;
  });
}

const aptTimeout = 10 * 60_000;

/** What to put before a command that needs root; undefined when nothing helps. */
async function privilege(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const { code } = await runToEnd('sudo', ['-n', 'true'], { timeout: 10_000 });
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? 'no output';
}
