// What the toolchains of the other languages have in common: whether they are there, and where packages go.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Launch } from '../harness/program.ts';
import { buildOnce, type Say } from '../setup/cache.ts';
import { runToEnd } from '../setup/command.ts';

interface Lacking {
  /** What this machine lacks, in one sentence. */
  readonly lacks: string;
}

/** How a language's application is started, or why it cannot be. */
export type Prepared = { readonly launch: Launch } | Lacking;

interface Tool {
  readonly command: string;
  /** What makes it tell its version. */
  readonly args: readonly string[];
  readonly atLeast: string;
}

/** The first of these tools that is not on the path or too old. */
export async function missingTool(tools: readonly Tool[]): Promise<Lacking | undefined> {
  for (const { command, args, atLeast } of tools) {
    const { code, output } = await runToEnd(command, args, { timeout: toolTimeout });
    if (code !== 0) return { lacks: `There is no '${command}' on the path: install version ${atLeast}.` };
    const [version = '0'] = /\d+(\.\d+)*/.exec(stripVTControlCharacters(output)) ?? [];
    if (isOlder(version, atLeast)) {
      return { lacks: `'${command}' is version ${version}: at least ${atLeast} is needed.` };
    }
  }
  return undefined;
}

function isOlder(version: string, than: string): boolean {
  const [left, right] = [version.split('.').map(Number), than.split('.').map(Number)];
  const at = right.findIndex((part, index) => part !== (left[index] ?? 0));
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0);
}

/**
 * The folder of the tests' cache that holds the packages of a language, installed on the first call.
 * Another content of the manifests is another folder.
 */
export async function installPackages(
  language: string,
  manifests: readonly string[],
  { say, install }: { readonly say: Say; readonly install: (folder: string) => Promise<unknown> },
): Promise<{ readonly folder: string } | Lacking> {
  const hash = createHash('sha256');
  for (const manifest of manifests) hash.update(readFileSync(manifest));
  const name = `interop-${language}-${hash.digest('hex').slice(0, 12)}`;
  try {
    const folder = await buildOnce(name, say, async (partial) => {
      say(`installing the packages of ${language}`);
      await install(partial);
    });
    return { folder };
  } catch (error) {
    return { lacks: error instanceof Error ? error.message : String(error) };
  }
}

const toolTimeout = 60_000;

/** Milliseconds that installing or compiling may take on a slow line and a busy machine. */
export const buildTimeout = 15 * 60_000;
