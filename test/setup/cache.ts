// The folder outside the repository where expensive test tools are built once per machine.
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** One line per step, told to whoever waits. */
export type Say = (line: string) => void;

const stampName = 'complete.stamp';
const occupantName = 'occupant.pid';
/** Milliseconds the installer of an interrupted build may take to its end. */
const occupantPatience = 10 * 60_000;
/** Milliseconds between two looks at a lock somebody else holds. */
const lockPoll = 200;

/** The cache folder: the environment's NEXUS_TEST_CACHE, else one under the home directory. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['NEXUS_TEST_CACHE'] ?? join(homedir(), '.cache', 'nexus-workbench-tests');
}

/**
 * Builds a folder of the cache unless it is already there, and answers its path.
 * The folder appears under its final name only when `build` has succeeded. A build that was cut off is
 * taken up again in the same partial folder, so `build` should make its steps with `stepOnce`.
 * Two processes may call this at the same time: one builds, the other waits.
 * @throws what `build` throws.
 */
export async function buildOnce(
  name: string,
  say: Say,
  build: (partial: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (existsSync(join(folder, stampName))) return folder;
  return withLock(name, say, async () => {
    if (existsSync(join(folder, stampName))) return folder;
    const partial = `${folder}.partial`;
    await mkdir(partial, { recursive: true });
    await untilLeftAlone(partial, say);
    await build(partial);
    await writeFile(join(partial, stampName), `${name}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return folder;
  });
}

/** Takes one step of a build unless an earlier, interrupted build already finished it. */
export async function stepOnce(
  partial: string,
  step: { readonly name: string; readonly tell: string },
  context: { readonly say: Say; readonly take: () => Promise<unknown> },
): Promise<void> {
  const stamp = join(partial, `${step.name}.stamp`);
  if (existsSync(stamp)) return;
  context.say(step.tell);
  await context.take();
  await writeFile(stamp, '');
}

/**
 * Marks that a process writes in a partial folder, until the answered function is called.
 * When the builder itself is killed its installer runs on; the next builder must wait for that one.
 */
export function occupy(partial: string, pid: number): () => void {
  writeFileSync(join(partial, occupantName), String(pid));
  return () => {
    rmSync(join(partial, occupantName), { force: true });
  };
}

async function untilLeftAlone(partial: string, say: Say): Promise<void> {
  const mark = join(partial, occupantName);
  const deadline = AbortSignal.timeout(occupantPatience);
  for (let told = false; ; told = true) {
    const occupant = await readOwner(mark);
    if (occupant === undefined || !isAlive(occupant)) break;
    if (deadline.aborted) {
      throw new Error(
        `Process ${occupant} still writes in ${partial}: end it, or delete ${mark} if it is no installer.`,
      );
    }
    if (!told) say(`waiting for process ${occupant}, which an interrupted build left writing in ${partial}`);
    await pause(lockPoll);
  }
  await rm(mark, { force: true });
}

/** Runs `work` while no other process of this machine runs anything under the same name. */
export async function withLock<T>(name: string, say: Say, work: () => Promise<T>): Promise<T> {
  await mkdir(cacheFolder(), { recursive: true });
  const lock = join(cacheFolder(), `${name}.lock`);
  // The lock is linked into place with its owner already written in it, so that nobody can ever
  // read a lock without an owner.
  const mine = join(cacheFolder(), `${name}.${randomUUID()}.lock-owner`);
  await writeFile(mine, String(process.pid));
  try {
    for (let told = false; !(await tryLink(mine, lock)); told = true) {
      const owner = await readOwner(lock);
      if (owner !== undefined && !isAlive(owner)) {
        await stealLock(lock);
        continue;
      }
      if (!told) say(`waiting for process ${owner ?? 'unknown'}, which holds ${lock}`);
      await pause(lockPoll);
    }
  } finally {
    await rm(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readOwner(lock: string): Promise<number | undefined> {
  try {
    return Number(await readFile(lock, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Moves a dead owner's lock aside. Of two thieves one finds nothing to move, and both try again. */
async function stealLock(lock: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}.stale`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
