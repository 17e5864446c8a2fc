import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compose, type Extension } from '../../extension/compose.ts';
import { commands } from '../../extension/contributions.ts';
import { fakeDesk, fakeUri, type FakeDesk } from '../harness/fake-vscode.ts';
import { until } from '../harness/until.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const example = fileURLToPath(new URL('../../examples/hello.nexus.yaml', import.meta.url));
if (!existsSync(`${dist}/simulator.cjs`))
  throw new Error('dist/simulator.cjs is missing: run `node esbuild.mjs`.');

let desk: FakeDesk;
let extension: Extension;

beforeEach(() => {
  desk = fakeDesk();
  desk.settings.set('nexus.simulator.grpcPort', 0);
  desk.files.set('/project/hello.nexus.yaml', readFileSync(example, 'utf8'));
  const done = (): Promise<void> => Promise.resolve();
  extension = compose({
    editor: desk.editor,
    root: fakeUri(dist),
    command: process.execPath,
    languageServer: { start: done, stop: done, restart: done, locate: () => Promise.resolve([]) },
  });
});

afterEach(() => extension.stop());

test('the example runs in the real simulator, and the timeline receives its spans', async () => {
  const { feed } = extension.services;
  const finished = until(feed.onMessage, (message) => message.type === 'finished');
  await desk.commands.get(commands.runWorld)?.();
  await finished;
  expect(desk.messages).toEqual([]);
  expect(desk.status.text).toMatch(/^\$\(pass\) Nexus /);
  const spans = feed.snapshot().flatMap((message) => (message.type === 'spans' ? message.spans : []));
  const kinds = new Set(spans.map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(['workflow', 'operation', 'attempt', 'handler']));
});

test('a file with a mistake is marked where the mistake is', async () => {
  desk.files.set('/project/hello.nexus.yaml', 'nexus: 1\nwrold: hello\n');
  await desk.commands.get(commands.runWorld)?.();
  expect(desk.marks.get('/project/hello.nexus.yaml')).toMatchObject([
    { range: { start: { line: 1, character: 0 }, end: { character: 5 } } },
  ]);
  expect(desk.messages[0]).toMatch(/^hello\.nexus\.yaml:2:1: /);
  expect(desk.panels).toEqual([]);
});

test('the held clock goes forward by what the user says', async () => {
  desk.settings.set('nexus.simulator.time', 'paused');
  const { feed } = extension.services;
  const known = until(feed.onMessage, (message) => message.type === 'clock');
  await desk.commands.get(commands.startSimulator)?.();
  await known;
  desk.answers.push('1h30m');
  await desk.commands.get(commands.advanceClock)?.();
  expect(desk.status.text).toBe('$(debug-pause) Nexus 1h30m');
});
