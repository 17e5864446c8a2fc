import { expect, test } from 'vitest';
import { WorldResults } from '../../../../extension/views/world-results.ts';
import { instant } from '../../../../simulator/base/time.ts';
import type { NotificationParams } from '../../../../simulator/protocol/contract.ts';
import { fakeDesk, fakeDocument, fakeUri, type FakeDesk } from '../../../harness/fake-vscode.ts';

const path = '/project/hello.nexus.yaml';
const world = {
  document: fakeDocument(path, 'world: hello\nexpect:\n  - greeting succeeds\n'),
  name: 'hello.nexus.yaml',
  uriOf: (file: string) => fakeUri(`/project/${file}`),
};
const finished = (passed: boolean): NotificationParams<'world/finished'> => ({
  run: 3,
  name: 'hello.nexus.yaml',
  verdict: {
    passed,
    endedAt: instant(10),
    expectations: [{ text: 'greeting succeeds', line: 3, passed, ...(passed ? {} : { found: 'timed out' }) }],
  },
});
const setup = (): { desk: FakeDesk; results: WorldResults; logged: string[] } => {
  const desk = fakeDesk();
  const logged: string[] = [];
  return { desk, logged, results: new WorldResults(desk.editor, (line) => logged.push(line)) };
};

test('problems of the file are marked at their exact places, and told in one message', () => {
  const { desk, results } = setup();
  results.refused(world, [
    { message: 'Unknown key “expct”. Did you mean “expect”?', line: 2, column: 1, length: 5 },
    { message: 'A step is missing.', line: 3, column: 5, length: 0 },
  ]);
  expect(desk.marks.get(path)).toMatchObject([
    {
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } },
      source: 'Nexus simulator',
    },
    {
      range: { start: { line: 2, character: 4 }, end: { line: 2, character: 5 } },
      message: 'A step is missing.',
    },
  ]);
  expect(desk.messages).toEqual([
    'hello.nexus.yaml:2:1: Unknown key “expct”. Did you mean “expect”? And 1 more problem.',
  ]);
});

test('a failed expectation is marked at its line', () => {
  const { desk, results, logged } = setup();
  results.started(world, 3);
  results.finished(finished(false));
  expect(desk.marks.get(path)).toMatchObject([
    {
      range: { start: { line: 2, character: 2 }, end: { line: 2, character: 21 } },
      message: 'Expectation failed: greeting succeeds. Found: timed out',
    },
  ]);
  expect(desk.messages).toEqual([
    'hello.nexus.yaml: 1 of 1 expectations failed. Expectation failed: greeting succeeds. Found: timed out (line 3)',
  ]);
  expect(logged[0]).toBe('hello.nexus.yaml:3: FAILED: greeting succeeds');
});

test('a run that passed disturbs nobody', () => {
  const { desk, results, logged } = setup();
  results.started(world, 3);
  results.finished(finished(true));
  expect([desk.messages, desk.marks.get(path)]).toEqual([[], undefined]);
  expect(logged).toEqual(['hello.nexus.yaml:3: passed: greeting succeeds']);
});

test('a run may finish before it is known to have started', () => {
  const { desk, results } = setup();
  results.finished(finished(false));
  expect(desk.messages).toEqual([]);
  results.started(world, 3);
  expect(desk.messages).toHaveLength(1);
});

test('marks go when the text they are about changes', () => {
  const { desk, results } = setup();
  results.started(world, 3);
  results.finished(finished(false));
  desk.edit(path);
  expect(desk.marks.has(path)).toBe(false);
});

test('what is wrong in another file is marked there, and gone with the next run', () => {
  const { desk, results, logged } = setup();
  const bank = '/project/parts/bank.nexus.yaml';
  const origin = {
    file: 'parts/bank.nexus.yaml',
    message: 'A step is missing.',
    line: 7,
    column: 3,
    length: 4,
  };
  results.refused(world, [
    { message: 'parts/bank.nexus.yaml:7:3: A step is missing.', line: 2, column: 11, length: 5, origin },
    { message: 'Unknown key “x”.', line: 1, column: 1, length: 1 },
  ]);
  expect(desk.marks.get(bank)).toMatchObject([
    { range: { start: { line: 6, character: 2 } }, message: 'A step is missing.' },
  ]);
  expect(desk.marks.get(path)).toHaveLength(1);
  expect(desk.messages).toEqual(['parts/bank.nexus.yaml:7:3: A step is missing. And 1 more problem.']);
  results.started(world, 3);
  expect([...desk.marks.keys()]).toEqual([]);
  const { name, verdict } = finished(false);
  const expectations = verdict.expectations.map((each) => ({
    ...each,
    origin: { file: origin.file, line: 9 },
  }));
  results.finished({ run: 3, name, verdict: { ...verdict, expectations } });
  expect([...desk.marks.keys()]).toEqual([bank]);
  expect(desk.marks.get(bank)).toMatchObject([{ range: { start: { line: 8 } } }]);
  expect(desk.messages[1]).toMatch(/ Found: timed out \(parts\/bank\.nexus\.yaml:9\)$/);
  expect(logged).toContain('parts/bank.nexus.yaml:9: FAILED: greeting succeeds');
});
