/** Writes the reference of world files from their schema, so that it says what the parser reads. */
import { stringify } from 'yaml';
import { formatDuration, ms } from '../../simulator/base/time.ts';
import { exitCodes } from '../../simulator/cli/terminal.ts';
import { limitsOf, type Limits } from '../../simulator/protocol/limits.ts';
import { EXPRESSION_LENGTH_MAX } from '../../simulator/world/expression.ts';
import { worldJsonSchema } from '../../simulator/world/json-schema.ts';

/** The parts of JSON Schema that the schema of world files uses. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
}

export function worldReference(): string {
  const root = worldJsonSchema() as Schema;
  const { limits, ...rest } = root.properties ?? {};
  const definitions = Object.entries(root.$defs ?? {});
  const sections = [
    introduction,
    '## The file',
    table({ ...root, properties: { ...rest, limits: { ...limits, title: 'limits' } } }),
    ...definitions.filter(([, schema]) => !isLeaf(schema)).map(([name, schema]) => definition(name, schema)),
    ...definitions.filter(([, schema]) => isLeaf(schema)).map(([name, schema]) => definition(name, schema)),
    '## limits',
    'Every number of the machine. What is not given is as the profile says.',
    limitTable(limits ?? {}),
    nested(limits?.properties?.['circuitBreaker']),
    expressions,
    '## Exit codes',
    `\`\`\`text\n${exitCodes}\n\`\`\``,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function definition(name: string, schema: Schema): string {
  const heading = `## ${name}`;
  if (schema.anyOf?.every(({ properties }) => properties !== undefined) === true) {
    const alternatives = schema.anyOf.map((each) => record(each, '###'));
    return [heading, `Which of these it is follows from its keys.`, ...alternatives].join('\n\n');
  }
  if (schema.properties !== undefined) return [heading, record(schema)].join('\n\n');
  return [heading, `${schema.description ?? ''}${remarks[name] ?? ''}`].join('\n\n');
}

/** Values that have no keys of their own. */
const isLeaf = ({ properties, anyOf = [] }: Schema): boolean =>
  properties === undefined && anyOf.every((each) => each.properties === undefined);

const remarks: Readonly<Record<string, string>> = {
  duration:
    ' Written as in Go and on the `temporal` command line: numbers, each with one of the units `ns`, `us`, `µs`, `ms`, `s`, `m`, `h`, and `d` for days. Fractions of a millisecond are dropped.',
  positiveDuration: ' See [duration](#duration).',
  value: ' See [expressions](#expressions).',
  text: ' See [expressions](#expressions).',
  condition: ' The step happens unless it is `null` or `false`. See [expressions](#expressions).',
};

function record(schema: Schema, level?: string): string {
  const title = level === undefined ? [] : [`${level} ${schema.title ?? ''}`];
  return [...title, table(schema), ...Object.values(schema.properties ?? {}).map(nested)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Mappings that have no name of their own stand below the key that holds them. */
function nested(schema: Schema | undefined): string {
  const inner = [schema, ...(schema?.anyOf ?? [])].filter((each) => each?.properties !== undefined);
  return inner.map((each) => `${capitalized(each?.title ?? '')}:\n\n${table(each ?? {})}`).join('\n\n');
}

function table({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([key, schema]) => [
    code(key),
    typeText(schema),
    required.includes(key) ? 'required' : schema.default === undefined ? '' : code(schema.default),
    schema.description ?? '',
    example(key, schema),
  ]);
  return tableOf(['key', 'type', 'default', 'meaning', 'example'], rows);
}

const example = (key: string, { examples = [] }: Schema): string =>
  code(inline({ [key]: examples[0] }).slice(2, -2));

function limitTable({ properties = {} }: Schema): string {
  const [cloud, server] = [limitsOf('cloud'), limitsOf('server')];
  const names = Object.keys(cloud) as (keyof Limits)[];
  const rows = names.map((name) => {
    const schema = properties[name] ?? {};
    const shown = (value: number | boolean | string): string =>
      code(typeof value === 'number' && schema.$ref !== undefined ? formatDuration(ms(value)) : value);
    return [
      code(name),
      unitOf(name, schema),
      shown(cloud[name]),
      shown(server[name]),
      schema.description ?? '',
    ];
  });
  return tableOf(['key', 'unit', 'cloud', 'server', 'meaning'], rows);
}

function unitOf(name: string, schema: Schema): string {
  if (schema.$ref !== undefined || schema.type === 'boolean' || schema.type === 'string')
    return typeText(schema);
  const units: readonly (readonly [RegExp, string])[] = [
    [/Bytes/, 'bytes'],
    [/Length/, 'characters'],
    [/PerSecond/, 'per second'],
    [/Coefficient/, 'factor'],
  ];
  return units.find(([pattern]) => pattern.test(name))?.[1] ?? 'count';
}

function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/$defs/', '');
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.title === 'limits') return '[limits](#limits)';
  if (schema.enum !== undefined) {
    const [first] = schema.enum;
    return schema.enum.length > CHOICES_MAX
      ? `one of ${schema.enum.length}, such as ${code(first)}`
      : schema.enum.map(code).join(', ');
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (typeof schema.additionalProperties === 'object')
    return `mapping to ${typeText(schema.additionalProperties)}`;
  if (schema.properties !== undefined || schema.anyOf !== undefined) return 'mapping, see below';
  if (schema.minimum !== undefined) {
    return `${schema.type === 'integer' ? 'whole number' : 'number'}, ${schema.minimum} to ${schema.maximum ?? ''}`;
  }
  return schema.type === 'boolean' ? '`true`, `false`' : 'text';
}

const CHOICES_MAX = 20;

const inline = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    lineWidth: 0,
    singleQuote: true,
  })
    .trim()
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');

const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : inline(value)}\``.replaceAll('|', '\\|');

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const introduction = `# World files

<!-- Written by test/tidy/world-reference.test.ts from the grammar; run it with -u after a change. -->

A \`*.nexus.yaml\` describes a whole Nexus deployment: who owns what, what each handler does while there is no code for it, what goes wrong and when, and what must hold at the end.
This page lists every key. The [examples](../examples) show them in use.

\`\`\`sh
nexus-sim validate my.nexus.yaml   # every problem with its line and column
nexus-sim run my.nexus.yaml        # plays it in virtual time and judges it
\`\`\`

The same file and the same seed give the same run, byte for byte. Nothing in a file is executed as code.
Of a key that is misspelt the nearest one is suggested, and all problems are told at once.`;

const expressions = `## Expressions

Texts of a [value](#value) or [text](#text) may contain \`\${…}\`. A text that is one \`\${…}\` and nothing else yields the expression's own value, of any kind; in any other text the value is inserted: nothing for \`null\`, JSON for lists and mappings. \`$\${\` is a plain \`\${\`.

| form | meaning |
| --- | --- |
| \`input.order.id\`, \`lines[0]\`, \`names["a b"]\` | a value by its path; \`null\` when the path leads nowhere |
| \`1\`, \`-2.5\`, \`'text'\`, \`"text"\`, \`true\`, \`false\`, \`null\` | a value that is written out |
| \`!a\` | whether \`a\` is \`null\` or \`false\`; all other values are true, also \`0\` and the empty text |
| \`a && b\`, \`a \\|\\| b\` | the first of the two that decides |
| \`a == b\`, \`a != b\` | whether both are of the same kind and contents |
| \`a < b\`, \`a <= b\`, \`a > b\`, \`a >= b\` | the order of two numbers or two texts; false for anything else |
| \`(a)\` | groups |

There are no calls, loops or assignments. An expression has at most ${EXPRESSION_LENGTH_MAX} characters.
A path starts with a name that is known where it stands: \`input\` in workflows, operations and activities, the name that an earlier step gives with \`as\`, and \`failure\` inside \`onFailure\`.`;
