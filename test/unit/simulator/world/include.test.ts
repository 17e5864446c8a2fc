import { expect, test } from 'vitest';
import { err, ok } from '../../../../simulator/base/result.ts';
import { parseWorld, type ParsedWorld, type WorldFiles } from '../../../../simulator/world/parse.ts';

/** The first text is the file that is run. */
function parse(texts: Readonly<Record<string, string>>): ParsedWorld {
  const find: WorldFiles['find'] = (path) => {
    const text = texts[path];
    return text === undefined ? err('means no file.') : ok([{ path, text }]);
  };
  return parseWorld(texts['main'] ?? '', { path: 'main', files: { find } });
}

const messages = ({ problems }: ParsedWorld): readonly string[] =>
  problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

const bank = `nexus: 1
namespaces: [bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  teller: { namespace: bank, taskQueue: charges, operations: { Pay.charge: { reply: 1 } } }
`;

test('what several files say is one world', () => {
  const parsed = parse({
    main: `nexus: 1
include: [bank]
namespaces: [shop]
workflows: { Buy: [{ call: pay/Pay.charge }] }
start: [{ workflow: Buy, id: b, namespace: shop, taskQueue: shop }]
`,
    bank: `${bank}expect: [{ workflow: b, status: completed }]\n`,
  });
  expect(messages(parsed)).toEqual([]);
  const { value, sources } = parsed;
  expect(value.namespaces.map((each) => each.value)).toEqual(['shop', 'bank']);
  expect(value.endpoints[0]?.name.value).toBe('pay');
  expect(value.expect.map(({ range }) => [sources.describe(range), sources.lineOf(range)])).toEqual([
    ['bank:6:10', 2],
  ]);
});

test('problems of an included file are told where it is named, with their own place', () => {
  const parsed = parse({ main: 'nexus: 1\ninclude: [bank]\n', bank: bank.replace('reply', 'repli') });
  expect(messages(parsed)).toEqual([
    '2:11 bank:5:78: An operation has no key "repli"; did you mean "reply"?',
  ]);
});

test('what two files give is told with both places', () => {
  const parsed = parse({ main: `${bank}include: [bank]\n`, bank });
  expect(messages(parsed)).toEqual([
    '6:11 bank:2:14: The namespace "bank" is already given at main:2:14; remove one of the two.',
    '6:11 bank:3:14: The endpoint "pay" is already given at main:3:14; remove one of the two.',
    '6:11 bank:5:3: The worker "teller" is already given at main:5:3; remove one of the two.',
  ]);
});

test('a circle is told with both places', () => {
  const parsed = parse({
    main: 'nexus: 1\ninclude: [a]\n',
    a: 'nexus: 1\ninclude: [b]\n',
    b: 'nexus: 1\ninclude: [a]\n',
  });
  expect(messages(parsed)).toEqual([
    '2:11 b:2:11: "a" leads back to a, which is included at main:2:11; remove one of the two, so that the circle ends.',
  ]);
  expect(messages(parse({ main: 'nexus: 1\ninclude: [main]\n' }))).toEqual([
    '2:11 "main" leads back to main, which is the file that is run; remove one of the two, so that the circle ends.',
  ]);
});

test('a file that is included twice', () => {
  const parsed = parse({ main: 'nexus: 1\ninclude: [bank, bank]\n', bank });
  expect(messages(parsed)).toEqual(['2:17 "bank" is included at main:2:11 already; remove one of the two.']);
});

test('profile and limits are those of the file that is run', () => {
  const parsed = parse({
    main: 'nexus: 1\ninclude: [a]\n',
    a: 'nexus: 1\nlimits: { pendingOperationsMax: 3 }\n',
  });
  expect(messages(parsed)).toEqual([
    '2:11 a:2:9: Profile, seed, time and limits belong to the file that is run; remove them from this one.',
  ]);
  expect(parsed.value.limits.value).toEqual({});
});

test('a file that is not there, and a place without files', () => {
  expect(messages(parse({ main: 'nexus: 1\ninclude: [gone]\n' }))).toEqual(['2:11 "gone" means no file.']);
  expect(messages(parseWorld('nexus: 1\ninclude: [bank]\n'))).toEqual([
    '2:11 "bank" cannot be read here; run the file with nexus-sim run.',
  ]);
});
