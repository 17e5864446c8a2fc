import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../server/command-line.ts';

test.each([
  [['--stdio'], false, 'stdio'],
  [['--stdio', '--clientProcessId=17'], false, 'stdio'],
  [['--node-ipc', '--clientProcessId=17'], true, 'node-ipc'],
])('%j is understood', (args, hasParentChannel, transport) => {
  expect(parseCommandLine(args, hasParentChannel)).toEqual({ ok: true, value: transport });
});

test.each([
  [[], 'exactly one of'],
  [['--stdio', '--stdio'], 'exactly one of'],
  [['--clientProcessId=x', '--stdio'], '"--clientProcessId=x"'],
  [['--node-ipc'], 'needs a parent process'],
])('%j is refused with one sentence that says what to do', (args, part) => {
  const refused = parseCommandLine(args, false);
  expect(refused.ok).toBe(false);
  expect(refused.ok ? '' : refused.error).toContain(part);
  expect(refused.ok ? '' : refused.error).toMatch(/^[^\n]+\.$/);
});
