import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compose, type Extension } from '../../../../extension/compose.ts';
import { commands, contextKeys } from '../../../../extension/contributions.ts';
import { fakeSimulator, type FakeSimulator } from '../../../harness/fake-simulator.ts';
import { fakeDesk, fakeUri, type FakeDesk } from '../../../harness/fake-vscode.ts';
import { span } from '../../../harness/spans.ts';
import { until } from '../../../harness/until.ts';

let folder: string;
let simulator: FakeSimulator;
let desk: FakeDesk;
let extension: Extension;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-extension-'));
  simulator = await fakeSimulator();
  simulator.replies.set('clock/set', { result: { now: 0, mode: { mode: 'run' } } });
  simulator.replies.set('world/files', { result: { paths: [] } });
  simulator.replies.set('world/run', { result: { run: 1, problems: [] } });
  const control = { url: simulator.url, token: simulator.token };
  const line = JSON.stringify({ control, grpc: '127.0.0.1:7233', pid: 7 });
  writeFileSync(
    join(folder, 'simulator.cjs'),
    `console.log(${JSON.stringify(line)}); process.stdin.resume().on('end', () => process.exit(0));`,
  );
  desk = fakeDesk();
  desk.settings.set('nexus.simulator.grpcPort', 0);
  desk.files.set('/project/hello.nexus.yaml', 'world: hello\nexpect:\n  - done\n');
  const done = (): Promise<void> => Promise.resolve();
  extension = compose({
    editor: desk.editor,
    root: fakeUri(folder),
    command: process.execPath,
    languageServer: { start: done, stop: done, restart: done, locate: () => Promise.resolve([]) },
  });
});

afterEach(async () => {
  await extension.stop();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const run = async (...args: readonly unknown[]): Promise<void> => {
  await desk.commands.get(commands.runWorld)?.(...args);
};
const worlds = (): unknown[] =>
  simulator.requests.filter(({ method }) => method === 'world/run').map(({ params }) => params);

test('every command is registered, and gone after the end', async () => {
  expect([...desk.commands.keys()].sort()).toEqual(Object.values(commands).sort());
  await extension.stop();
  expect(desk.commands.size).toBe(0);
});

describe('run world file', () => {
  test('starts the simulator, runs the only file, and opens the timeline', async () => {
    await run();
    expect(worlds()).toEqual([
      { name: 'hello.nexus.yaml', text: 'world: hello\nexpect:\n  - done\n', files: {} },
    ]);
    expect(desk.panels).toHaveLength(1);
    expect(desk.messages).toEqual([]);
    expect(desk.context.get(contextKeys.simulatorRunning)).toBe(true);
  });

  test('takes the text of the active editor, saved or not', async () => {
    desk.files.set('/project/other.nexus.yaml', 'world: other\n');
    desk.active = '/project/other.nexus.yaml';
    await run();
    expect(worlds()).toEqual([{ name: 'other.nexus.yaml', text: 'world: other\n', files: {} }]);
  });

  test('takes the file that a menu names', async () => {
    desk.files.set('/project/other.nexus.yml', 'world: other\n');
    await run(fakeUri('/project/other.nexus.yml'));
    expect(worlds()).toEqual([{ name: 'other.nexus.yml', text: 'world: other\n', files: {} }]);
  });

  test('asks which when there are several', async () => {
    desk.files.set('/project/other.nexus.yaml', 'world: other\n');
    desk.answers.push('other.nexus.yaml');
    await run();
    expect(worlds()).toEqual([{ name: 'other.nexus.yaml', text: 'world: other\n', files: {} }]);
  });

  test('marks what is wrong with the file, and opens no timeline', async () => {
    const problem = { message: 'Unknown key “x”.', line: 1, column: 1, length: 1 };
    simulator.replies.set('world/run', { result: { problems: [problem] } });
    await run();
    expect(desk.marks.get('/project/hello.nexus.yaml')).toHaveLength(1);
    expect(desk.messages).toEqual(['hello.nexus.yaml:1:1: Unknown key “x”.']);
    expect(desk.panels).toEqual([]);
  });

  test('sends what the file includes and its contracts, as they stand in the editor', async () => {
    desk.files.clear();
    desk.files.set('/project/worlds/main.nexus.yaml', 'nexus: 1\n');
    desk.files.set('/project/worlds/parts/b.yaml', 'b');
    desk.files.set('/project/worlds/parts/a.yaml', 'saved');
    desk.files.set('/project/worlds/parts/a.txt', 'not meant');
    desk.files.set('/project/contracts/pay.yaml', 'pay');
    desk.unsaved.set('/project/worlds/parts/a.yaml', 'a');
    const paths = ['worlds/parts/*.yaml', 'contracts/pay.yaml', 'worlds/gone.yaml', 'nowhere/*.yaml'];
    simulator.replies.set('world/files', { result: { paths } });
    await run(fakeUri('/project/worlds/main.nexus.yaml'));
    const files = { 'worlds/parts/a.yaml': 'a', 'worlds/parts/b.yaml': 'b', 'contracts/pay.yaml': 'pay' };
    expect(worlds()).toEqual([{ name: 'worlds/main.nexus.yaml', text: 'nexus: 1\n', files }]);
  });

  test('marks what is wrong in a file that it includes', async () => {
    const origin = { file: 'parts/bank.yaml', message: 'A step is missing.', line: 7, column: 1, length: 4 };
    const problem = {
      message: 'parts/bank.yaml:7:1: A step is missing.',
      line: 1,
      column: 1,
      length: 3,
      origin,
    };
    simulator.replies.set('world/run', { result: { problems: [problem] } });
    await run();
    expect([...desk.marks.keys()]).toEqual(['/project/parts/bank.yaml']);
  });

  test('lets hours pass at once, unless the user holds the clock', async () => {
    await run();
    expect(simulator.requests).toContainEqual({ method: 'clock/set', params: { mode: 'run' } });
    simulator.requests.length = 0;
    const heard = until(extension.services.feed.onMessage, (message) => message.type === 'clock');
    simulator.notify('clock/changed', { now: 0, mode: { mode: 'paused' } });
    await heard;
    await run();
    expect(simulator.requests.map(({ method }) => method)).toEqual(['world/files', 'world/run']);
  });

  test('shows the verdict in the status bar and at the failed line', async () => {
    await run();
    const heard = until(extension.services.feed.onMessage, (message) => message.type === 'finished');
    const expectations = [{ text: 'done', line: 3, passed: false, found: 'nothing' }];
    const verdict = { passed: false, expectations, endedAt: 5 };
    simulator.notify('timeline/changed', { run: 1, spans: [span('a', [0, 5])], now: 5 });
    simulator.notify('world/finished', { run: 1, name: 'hello.nexus.yaml', verdict });
    await heard;
    expect(desk.status.text).toBe('$(error) Nexus 5ms 1 of 1 failed');
    expect(desk.marks.get('/project/hello.nexus.yaml')).toMatchObject([{ range: { start: { line: 2 } } }]);
    expect(desk.messages).toHaveLength(1);
  });
});

describe('what cannot be run', () => {
  test('a workspace without world files', async () => {
    desk.files.clear();
    await run();
    expect(desk.messages[0]).toMatch(/has no world file\. Create a file whose name ends in “\.nexus\.yaml”/);
  });

  test('what includes too much', async () => {
    desk.files.set('/project/parts/a.yaml', 'x'.repeat(1_048_577));
    simulator.replies.set('world/files', { result: { paths: ['parts/a.yaml'] } });
    await run(fakeUri('/project/hello.nexus.yaml'));
    expect(desk.messages[0]).toMatch(/^“parts\/a\.yaml” has more than 1,048,576 characters\./);
    for (let nth = 0; nth <= 200; nth++) desk.files.set(`/project/parts/${nth}.yml`, '');
    simulator.replies.set('world/files', { result: { paths: ['parts/*.yml'] } });
    await run(fakeUri('/project/hello.nexus.yaml'));
    expect(desk.messages[1]).toMatch(/^“hello\.nexus\.yaml” includes more than 200 files/);
    expect(worlds()).toEqual([]);
  });

  test('a file that is none', async () => {
    await run(fakeUri('/project/compose.yaml'));
    expect(desk.messages[0]).toMatch(/^“compose\.yaml” is not a world file\./);
  });

  test('a workspace that is not trusted', async () => {
    desk.trusted = false;
    await run();
    expect(desk.messages[0]).toMatch(/^The simulator starts only in a trusted workspace/);
    expect(simulator.authorizations).toEqual([]);
  });

  test('a world that the simulator refuses', async () => {
    simulator.replies.set('world/run', { error: { code: -32000, message: 'Too many runs. Wait.' } });
    await run();
    expect(desk.messages).toEqual(['Too many runs. Wait.']);
  });
});

test('when the port is taken, the user may let the simulator choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => other.once('listening', listening));
  desk.settings.set('nexus.simulator.grpcPort', (other.address() as AddressInfo).port);
  await run();
  expect(worlds()).toEqual([]);
  desk.answers.push('Use a Free Port');
  await run();
  await new Promise((closed) => other.close(closed));
  expect(desk.messages).toHaveLength(2);
  expect(desk.messages[0]).toMatch(/^Port \d+ on 127\.0\.0\.1 is in use/);
  expect(worlds()).toHaveLength(1);
});
