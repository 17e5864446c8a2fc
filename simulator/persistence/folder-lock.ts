import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';

/**
 * Takes a folder for this process, so that no two of them write there. A lock whose process is gone, as after a
 * kill, is taken over. The error is one sentence. Throws when the folder cannot be written.
 */
export function lockFolder(folder: string): Result<Disposable, string> {
  const path = join(folder, 'lock');
  if (take(path)) return ok(held(path));
  const owner = ownerOf(path);
  if (owner !== undefined && isAlive(owner)) return err(inUse(folder, path, owner));
  setAside(path, owner);
  return take(path) ? ok(held(path)) : err(inUse(folder, path, ownerOf(path)));
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
    return true;
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'EEXIST') return false;
    throw failure;
  }
}

const held = (path: string): Disposable => ({
  dispose: () => {
    if (ownerOf(path) === process.pid) rmSync(path, { force: true });
  },
});

function ownerOf(path: string): number | undefined {
  try {
    const owner = Number(readFileSync(path, 'utf8').trim());
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Sends no signal; it only asks whether one could be sent. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure instanceof Error && 'code' in failure && failure.code === 'EPERM';
  }
}

/** Moving is atomic, so of two processes that find the same old lock only one moves it. */
function setAside(path: string, owner: number | undefined): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    // Somebody was faster, and it is their new lock that was moved: put it back.
    if (ownerOf(aside) !== owner) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch {
    // It is gone already; who takes it next is decided by `take`.
  }
}

function inUse(folder: string, path: string, owner: number | undefined): string {
  const who = owner === undefined ? 'another process' : `process ${owner}`;
  return `The folder "${folder}" is in use by ${who}; end it, choose another folder with --data, or delete "${path}" if that is no simulator.`;
}
