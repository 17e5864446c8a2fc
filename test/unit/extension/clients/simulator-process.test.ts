import { describe, expect, test } from 'vitest';
import { startSimulatorProcess } from '../../../../extension/clients/simulator-process.ts';

const announcement = { control: { url: 'ws://127.0.0.1:5', token: 't' }, grpc: '127.0.0.1:6', pid: 7 };
const announce = `process.stdout.write(${JSON.stringify(`${JSON.stringify(announcement)}\n`)});`;
const endWithInput = "process.stdin.resume().on('end', () => process.exit(0));";

const start = (
  script: string,
  options: { readonly log?: string[]; readonly withinMs?: number; readonly command?: string } = {},
): ReturnType<typeof startSimulatorProcess> =>
  startSimulatorProcess({
    command: options.command ?? process.execPath,
    args: ['-e', script],
    log: (line) => options.log?.push(line),
    ...(options.withinMs === undefined ? {} : { announceWithinMs: options.withinMs }),
  });

describe('a process that announces itself', () => {
  test('is running, and ends when its standard input closes', async () => {
    const log: string[] = [];
    const started = await start(`process.stderr.write('ready\\n'); ${announce} ${endWithInput}`, { log });
    if (!started.ok) throw new Error(started.error.kind);
    expect(started.value.announcement).toEqual(announcement);
    await started.value.stop();
    expect(await started.value.ended).toEqual({ code: 0, lastLine: 'ready' });
    expect(log).toEqual(['ready']);
  });

  test('reports an end of its own with what it said last', async () => {
    const script = `${announce} process.stderr.write('one\\nout of memory\\n', () => process.exit(3));`;
    const started = await start(script);
    if (!started.ok) throw new Error(started.error.kind);
    expect(await started.value.ended).toEqual({ code: 3, lastLine: 'out of memory' });
  });

  test('is told that it runs inside an editor’s binary', async () => {
    const script = `process.stderr.write(process.env.ELECTRON_RUN_AS_NODE + '\\n'); ${announce} ${endWithInput}`;
    const started = await start(script);
    if (!started.ok) throw new Error(started.error.kind);
    await started.value.stop();
    expect((await started.value.ended).lastLine).toBe('1');
  });
});

describe('a process that does not', () => {
  test('and ends, is reported with its exit code and last line', async () => {
    const started = await start("process.stderr.write('bad option\\n', () => process.exit(2));");
    expect(started).toEqual({ ok: false, error: { kind: 'exited', code: 2, lastLine: 'bad option' } });
  });

  test('but says something else, is ended', async () => {
    const started = await start(`console.log('hello'); ${endWithInput}`);
    expect(started).toEqual({ ok: false, error: { kind: 'bad-announcement', line: 'hello' } });
  });

  test('and stays silent, is ended after a while', async () => {
    const started = await start(endWithInput, { withinMs: 1 });
    expect(started).toEqual({ ok: false, error: { kind: 'silent', withinMs: 1 } });
  });

  test('because there is no such program, is reported', async () => {
    const started = await start('', { command: '/nonexistent/node' });
    expect(started).toMatchObject({
      ok: false,
      error: { kind: 'not-started', reason: expect.stringContaining('ENOENT') as string },
    });
  });
});
