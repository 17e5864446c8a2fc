import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureBrowser } from '../../setup/browser.ts';
import { runOrThrow, runToEnd } from '../../setup/command.ts';
import { ensureEditor } from '../../setup/editor.ts';

const said: string[] = [];
const say = (line: string): void => void said.push(line);

beforeEach(() => {
  said.length = 0;
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('CHROME_PATH wins and is taken at its word', async () => {
  vi.stubEnv('CHROME_PATH', process.execPath);
  expect(await ensureBrowser(say)).toEqual({ kind: 'found', executablePath: process.execPath });
  expect(said).toEqual([]);
});

test('a CHROME_PATH that leads nowhere is named, and nothing is installed instead', async () => {
  vi.stubEnv('CHROME_PATH', '/no/such/chromium');
  expect(await ensureBrowser(say)).toEqual({
    kind: 'absent',
    reason: "CHROME_PATH names '/no/such/chromium', which is not a program: correct or unset it.",
  });
  expect(said).toEqual([]);
});

test('a wish for an unknown editor is refused with the known ones', async () => {
  vi.stubEnv('NEXUS_TEST_EDITOR', 'vim');
  expect(await ensureEditor(say)).toEqual({
    kind: 'absent',
    reason: "NEXUS_TEST_EDITOR is 'vim', but must be one of desktop, browser: correct or unset it.",
  });
});

test.runIf(process.platform === 'linux')('without a screen no desktop editor is downloaded', async () => {
  vi.stubEnv('NEXUS_TEST_EDITOR', 'desktop');
  vi.stubEnv('DISPLAY', '');
  vi.stubEnv('WAYLAND_DISPLAY', '');
  expect(await ensureEditor(say)).toEqual({
    kind: 'absent',
    reason: 'The desktop VS Code needs a screen: set DISPLAY, for example with xvfb-run.',
  });
  expect(said).toEqual([]);
});

test('a command answers its code and everything it printed', async () => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
  const { code, output } = await runToEnd(process.execPath, ['-e', script]);
  expect(code).toBe(3);
  expect(output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

test('a command that can not be started has no code, and the error says so', async () => {
  expect((await runToEnd('/no/such/program', [])).code).toBeUndefined();
  await expect(runOrThrow('/no/such/program', ['x'])).rejects.toThrow(
    /^'\/no\/such\/program x' ended with no exit code:\n.*ENOENT/,
  );
});

test('a command that hangs is ended', async () => {
  const { code, output } = await runToEnd(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    timeout: 50,
  });
  expect(code).toBeUndefined();
  expect(output).toBe('ended by SIGTERM\n');
});
