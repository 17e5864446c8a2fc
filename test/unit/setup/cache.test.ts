import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildOnce, cacheFolder, occupy, stepOnce, withLock } from '../../setup/cache.ts';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'nexus-cache-'));
  vi.stubEnv('NEXUS_TEST_CACHE', place);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(place, { recursive: true });
});

const quiet = (): void => undefined;

test('the environment names the folder, else it lies under the home directory', () => {
  expect(cacheFolder({ NEXUS_TEST_CACHE: '/elsewhere' })).toBe('/elsewhere');
  expect(cacheFolder({})).toMatch(/[\\/]\.cache[\\/]nexus-workbench-tests$/);
});

test('a folder is built once and appears under its name only when it is complete', async () => {
  let built = 0;
  const build = async (partial: string): Promise<void> => {
    built += 1;
    expect(existsSync(join(place, 'tool'))).toBe(false);
    await writeFile(join(partial, 'program'), 'v1');
  };
  const first = await buildOnce('tool', quiet, build);
  const second = await buildOnce('tool', quiet, build);
  expect([first, second]).toEqual([join(place, 'tool'), join(place, 'tool')]);
  expect(built).toBe(1);
  expect(await readFile(join(first, 'program'), 'utf8')).toBe('v1');
});

test('a build that failed is taken up after its last finished step', async () => {
  const told: string[] = [];
  const attempt = (broken: boolean): Promise<string> =>
    buildOnce('tool', quiet, async (partial) => {
      const say = (line: string): void => void told.push(line);
      await stepOnce(partial, { name: 'fetch', tell: 'fetching' }, { say, take: () => Promise.resolve() });
      await stepOnce(
        partial,
        { name: 'compile', tell: 'compiling' },
        { say, take: () => (broken ? Promise.reject(new Error('no compiler')) : Promise.resolve()) },
      );
    });
  await expect(attempt(true)).rejects.toThrow('no compiler');
  expect(existsSync(join(place, 'tool'))).toBe(false);
  await attempt(false);
  expect(told).toEqual(['fetching', 'compiling', 'compiling']);
});

test('work under one name never overlaps, and no lock stays behind', async () => {
  let inside = 0;
  let worked = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await readdir(place);
    inside -= 1;
    worked += 1;
  };
  await Promise.all([
    withLock('tool', quiet, work),
    withLock('tool', quiet, work),
    withLock('tool', quiet, work),
  ]);
  expect(worked).toBe(3);
  await expect(withLock('tool', quiet, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await withLock('tool', quiet, work);
  expect(await readdir(place)).toEqual([]);
});

test('the lock of a process that is gone is taken over', async () => {
  // No process can have this number: it is above the highest that systems hand out.
  await writeFile(join(place, 'tool.lock'), '4194999');
  expect(await withLock('tool', quiet, () => Promise.resolve('done'))).toBe('done');
  expect(await readdir(place)).toEqual([]);
});

test('a build waits for the installer that a killed build left running', async () => {
  const partial = join(place, 'tool.partial');
  await mkdir(partial);
  const installer = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  occupy(partial, installer.pid ?? 0);
  const told: string[] = [];
  await buildOnce(
    'tool',
    (line) => {
      told.push(line);
      // Its standard input ends, and so does it.
      installer.stdin.end();
    },
    () => {
      expect(installer.exitCode).toBe(0);
      return Promise.resolve();
    },
  );
  expect(told).toEqual([
    `waiting for process ${installer.pid ?? 0}, which an interrupted build left writing in ${partial}`,
  ]);
  expect(await readdir(join(place, 'tool'))).toEqual(['complete.stamp']);
});
