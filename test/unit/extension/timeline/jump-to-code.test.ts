import { expect, test } from 'vitest';
import { jumpToCode } from '../../../../extension/timeline/jump-to-code.ts';
import type { LocateParams, LocationDto } from '../../../../server/protocol/messages.ts';
import { fakeDesk, type FakeDesk } from '../../../harness/fake-vscode.ts';

const code = { kind: 'operation', service: 'Greeting', operation: 'echo' } as const;
const place = (path: string, line: number): LocationDto => ({
  uri: `file://${path}`,
  range: { start: { line, character: 2 }, end: { line, character: 6 } },
});

async function jump(desk: FakeDesk, found: readonly LocationDto[] | Error): Promise<LocateParams[]> {
  const asked: LocateParams[] = [];
  const locate = (params: LocateParams): Promise<readonly LocationDto[]> => {
    asked.push(params);
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  };
  await jumpToCode({ editor: desk.editor, languageServer: { locate } }, code, 'handler');
  return asked;
}

test('the one place is shown', async () => {
  const desk = fakeDesk();
  expect(await jump(desk, [place('/project/handler.ts', 11)])).toEqual([
    { role: 'handler', service: 'Greeting', operation: 'echo' },
  ]);
  expect(desk.shown).toEqual(['/project/handler.ts:11']);
});

test('with several places the user chooses', async () => {
  const desk = fakeDesk();
  desk.answers.push('b.ts:8');
  await jump(desk, [place('/project/a.ts', 3), place('/project/b.ts', 7)]);
  expect(desk.shown).toEqual(['/project/b.ts:7']);
});

test('a choice that is not made shows nothing', async () => {
  const desk = fakeDesk();
  await jump(desk, [place('/project/a.ts', 3), place('/project/b.ts', 7)]);
  expect([desk.shown, desk.messages]).toEqual([[], []]);
});

test('no place is one sentence that names what was looked for', async () => {
  const desk = fakeDesk();
  await jump(desk, []);
  expect(desk.messages).toEqual([
    'No handler of “Greeting.echo” was found in this workspace. Open the folder that has its code, or check the name.',
  ]);
});

test('a language server that does not answer is one sentence, too', async () => {
  const desk = fakeDesk();
  await jump(desk, new Error('connection got disposed'));
  expect(desk.messages).toHaveLength(1);
  expect(desk.messages[0]).toContain('connection got disposed');
});

test('a workflow is found by the name of its function', async () => {
  const desk = fakeDesk();
  desk.symbols.push(
    { name: 'greetAgain', path: '/project/a.ts', line: 1 },
    { name: 'greet(name)', path: '/project/b.ts', line: 4 },
  );
  const locate = (): Promise<never> => Promise.reject(new Error('not asked'));
  const services = { editor: desk.editor, languageServer: { locate } };
  await jumpToCode(services, { kind: 'workflow', workflowType: 'greet' }, 'handler');
  expect(desk.shown).toEqual(['/project/b.ts:4']);
});
