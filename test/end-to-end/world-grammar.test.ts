import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureEditor } from '../setup/editor.ts';

/** The grammars of the manifest are injected into those of a real editor's YAML extension. */

interface Contribution {
  readonly scopeName: string;
  readonly path: string;
  readonly injectTo?: readonly string[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const grammarsOf = (folder: string): readonly (Contribution & { readonly file: string })[] => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly contributes: { readonly grammars: readonly Contribution[] };
  };
  return manifest.contributes.grammars.map((each) => ({ ...each, file: join(folder, each.path) }));
};

/** Where an editor keeps its own YAML extension. */
async function yamlExtension(): Promise<string> {
  const editor = await ensureEditor(() => undefined);
  if (editor.kind === 'absent') throw new Error(editor.reason);
  const folders =
    editor.kind === 'browser'
      ? [join(dirname(editor.entry), '../../lib/vscode')]
      : ['resources/app', '../Resources/app'].map((path) => join(dirname(editor.executablePath), path));
  const found = folders.map((folder) => join(folder, 'extensions/yaml')).find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`There is no YAML extension in ${folders.join(' or ')}.`);
  return found;
}

let grammar: textmate.IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(join(root, 'node_modules/vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const own = grammarsOf(root);
  const all = [...grammarsOf(await yamlExtension()), ...own];
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner([...sources]),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => {
      const file = all.find(({ scopeName }) => scopeName === scope)?.file;
      return Promise.resolve(
        file === undefined ? null : textmate.parseRawGrammar(readFileSync(file, 'utf8'), file),
      );
    },
    getInjections: (scope) =>
      own.flatMap(({ scopeName, injectTo }) => (injectTo?.includes(scope) === true ? [scopeName] : [])),
  });
  const loaded = await registry.loadGrammar('source.yaml');
  if (loaded === null) throw new Error('The editor has no grammar for YAML.');
  grammar = loaded;
}, 30 * 60_000);

/** Each token with those of its scopes that are ours. */
function ours(text: string): readonly string[] {
  const found: string[] = [];
  let stack = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const own = scopes.filter((scope) => scope.endsWith('.nexus') && !scope.startsWith('meta.'));
      if (own.length > 0) found.push(`${line.slice(startIndex, endIndex)} ${own.join(' ')}`);
    }
  }
  return found;
}

const world = (line: string): string => `# a comment\nnexus: 1 # the version\n${line}\n`;

describe('in a world file', () => {
  test.each([
    [
      'when: ${!auth.approved && 3 <= input.n}',
      [
        '${ punctuation.section.embedded.begin.nexus',
        '! keyword.operator.logical.nexus',
        'auth variable.other.nexus',
        '. punctuation.accessor.nexus',
        'approved variable.other.property.nexus',
        '&& keyword.operator.logical.nexus',
        '3 constant.numeric.nexus',
        '<= keyword.operator.comparison.nexus',
        'input variable.language.nexus',
        '. punctuation.accessor.nexus',
        'n variable.other.property.nexus',
        '} punctuation.section.embedded.end.nexus',
      ],
    ],
    [
      `id: 'charge-\${a == "}"} $\${plain}'`,
      [
        '${ punctuation.section.embedded.begin.nexus',
        'a variable.other.nexus',
        '== keyword.operator.comparison.nexus',
        '"}" string.quoted.double.nexus',
        '} punctuation.section.embedded.end.nexus',
        '$${ constant.character.escape.nexus',
      ],
    ],
    [
      '{ sleep: 1h30m, late: "late 30s" }',
      ['1h30m constant.numeric.duration.nexus', '30s constant.numeric.duration.nexus'],
    ],
    [
      'call: payments/acme.PaymentService.charge',
      [
        'payments entity.name.namespace.endpoint.nexus',
        '/ punctuation.separator.nexus',
        'acme.PaymentService entity.name.type.service.nexus',
        '. punctuation.accessor.nexus',
        'charge entity.name.function.operation.nexus',
      ],
    ],
    [
      'expect:\n  - operation: checkout-1 / Pay.charge',
      [
        'Pay entity.name.type.service.nexus',
        '. punctuation.accessor.nexus',
        'charge entity.name.function.operation.nexus',
      ],
    ],
    [
      'contains: [NEXUS_OPERATION_STARTED, TIMER_FIRED]',
      [
        'NEXUS_OPERATION_STARTED support.constant.event-type.nexus',
        'TIMER_FIRED support.constant.event-type.nexus',
      ],
    ],
    ['# ${input} 1h TIMER_FIRED', []],
    ['path: ./contracts/payments.nexusrpc.yaml', []],
  ])('%s', (line, scopes) => {
    expect(ours(world(line))).toEqual(scopes);
  });

  test('an expression that is not closed ends with its line', () => {
    expect(ours(world("a: '${input\nb: c"))).toEqual([
      '${ punctuation.section.embedded.begin.nexus',
      'input variable.language.nexus',
    ]);
  });
});

test.each(['when: ${input}', 'sleep: 5s', 'nexus: 2\nsleep: 5s', 'a:\n  nexus: 1\n  sleep: 5s'])(
  'other YAML keeps its colours: %s',
  (text) => {
    expect(ours(text)).toEqual([]);
  },
);
