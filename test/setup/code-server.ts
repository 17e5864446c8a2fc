// Builds a VS Code that runs in a browser (code-server) from its npm packages, once per machine.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { buildOnce, occupy, stepOnce } from './cache.ts';
import type { Say } from './cache.ts';
import { runOrThrow } from './command.ts';
import { installPackages } from './debian.ts';

/** The editor and the Node it insists on. A change of either builds a new cache folder. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

interface CodeServer {
  /** The Node that runs the editor. */
  readonly node: string;
  /** The editor's main script. */
  readonly entry: string;
}

/**
 * The editor's Node and main script; the first call on a machine builds them, which takes some minutes.
 * @throws Error saying which step failed and what it printed.
 */
export async function ensureCodeServer(say: Say): Promise<CodeServer> {
  const name = `code-server-${codeServerVersion}-node-${nodeVersion}`;
  const folder = await buildOnce(name, say, (partial) => build(partial, say));
  return {
    node: join(folder, nodeBinary),
    entry: join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

const nodePackage = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
const nodeBinary = join('node_modules', nodePackage, 'bin', 'node');
const stepTimeout = 15 * 60_000;

async function build(partial: string, say: Say): Promise<void> {
  await ensureKerberosHeaders(say);
  const npm = (args: readonly string[], cwd: string): Promise<string> =>
    runOrThrow('npm', ['install', '--no-audit', '--no-fund', ...args], {
      cwd,
      env: npmEnvironment(partial),
      timeout: stepTimeout,
      onStart: (pid) => occupy(partial, pid),
    });
  const vscode = join(partial, 'node_modules/code-server/lib/vscode');
  const steps = [
    {
      name: 'node',
      tell: `fetching Node ${nodeVersion} for the editor`,
      take: async () => {
        await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
        // The platform's own package rather than `node`, whose install script starts a second npm.
        await npm(['--ignore-scripts', `${nodePackage}@${nodeVersion}`], partial);
      },
    },
    {
      name: 'code-server',
      tell: `fetching code-server ${codeServerVersion}`,
      // Its install script would take the two steps below, but through whatever Node it finds.
      take: () => npm(['--ignore-scripts', `code-server@${codeServerVersion}`], partial),
    },
    {
      name: 'vscode',
      tell: "installing the editor's modules and compiling its native ones (one to three minutes)",
      take: () => npm(['--omit=dev'], vscode),
    },
    {
      name: 'extensions',
      tell: "installing the modules of the editor's built-in extensions",
      take: () => npm(['--omit=dev'], join(vscode, 'extensions')),
    },
  ];
  for (const { name, tell, take } of steps) await stepOnce(partial, { name, tell }, { say, take });
}

/** One of the editor's native modules compiles against Kerberos. */
async function ensureKerberosHeaders(say: Say): Promise<void> {
  if (process.platform !== 'linux' || existsSync('/usr/include/gssapi.h')) return;
  const refusal = await installPackages(['libkrb5-dev'], say);
  if (refusal !== undefined)
    throw new Error(`The editor needs the headers of Kerberos to compile. ${refusal}`);
}

/**
 * The environment for npm in the cache folder: the editor's own Node first on the PATH, and none of the
 * settings that the npm that runs our tests hands down, which hold for this repository only.
 */
function npmEnvironment(partial: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.toLowerCase().startsWith('npm_') || userSettings.has(name.toLowerCase()),
  );
  const path = [join(partial, 'node_modules', nodePackage, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...Object.fromEntries(inherited), PATH: path };
}

const userSettings: ReadonlySet<string> = new Set([
  'npm_config_registry',
  'npm_config_cache',
  'npm_config_userconfig',
  'npm_config_cafile',
  'npm_config_proxy',
  'npm_config_https_proxy',
  'npm_config_nodedir',
]);
