import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, runTool } from './run-tool.ts';

/** Milliseconds that a run of dependency-cruiser may take on a busy machine. */
const patience = 60_000;
const config = join(root, '.dependency-cruiser.cjs');
const folders = ['simulator', 'server', 'extension', 'test', 'examples'] as const;
const cruise = (cwd: string, ...more: string[]) =>
  runTool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', config, ...more, ...folders], cwd);

/** One import that its rule must refuse: the rule, the file, what it imports (a file, a package or a Node module). */
type Refused = readonly [rule: string, from: string, to: string];

const refused: readonly Refused[] = [
  ['simulator-base', 'simulator/base/a.ts', 'simulator/protocol/target.ts'],
  ['simulator-base', 'simulator/base/b.ts', 'node:fs'],
  ['simulator-base', 'simulator/base/c.ts', 'zod'],
  ['simulator-protocol', 'simulator/protocol/a.ts', 'simulator/engine/target.ts'],
  ['simulator-protocol', 'simulator/protocol/b.ts', 'ws'],
  ['simulator-rpc', 'simulator/rpc/a.ts', 'simulator/protocol/target.ts'],
  ['simulator-rpc', 'simulator/rpc/b.ts', 'ws'],
  ['simulator-spans', 'simulator/spans/a.ts', 'simulator/engine/target.ts'],
  ['simulator-spans', 'simulator/spans/b.ts', 'node:fs'],
  ['simulator-engine', 'simulator/engine/a.ts', 'simulator/driver/target.ts'],
  ['simulator-engine', 'simulator/engine/policy/b.ts', 'zod'],
  ['simulator-engine', 'simulator/engine/c.ts', 'node:crypto'],
  ['simulator-engine', 'simulator/engine/d.ts', 'simulator/world/target.ts'],
  ['simulator-world', 'simulator/world/a.ts', 'simulator/engine/target.ts'],
  ['simulator-world', 'simulator/world/b.ts', 'simulator/driver/port.ts'],
  ['simulator-world', 'simulator/world/c.ts', 'node:path'],
  ['simulator-driver', 'simulator/driver/a.ts', 'simulator/frontends/control/target.ts'],
  ['simulator-driver', 'simulator/driver/b.ts', 'simulator/persistence/file-journal.ts'],
  ['simulator-driver', 'simulator/driver/c.ts', 'simulator/world/target.ts'],
  ['simulator-persistence', 'simulator/persistence/a.ts', 'simulator/driver/target.ts'],
  ['simulator-persistence', 'simulator/persistence/b.ts', 'simulator/engine/target.ts'],
  ['simulator-wire', 'simulator/wire/a.ts', 'simulator/frontends/target.ts'],
  ['simulator-wire', 'simulator/wire/b.ts', 'ws'],
  ['simulator-frontends-shared', 'simulator/frontends/a.ts', 'simulator/frontends/control/target.ts'],
  ['simulator-frontends-control', 'simulator/frontends/control/a.ts', 'simulator/engine/target.ts'],
  ['simulator-frontends-control', 'simulator/frontends/control/b.ts', 'simulator/driver/target.ts'],
  [
    'simulator-frontends-control',
    'simulator/frontends/control/c.ts',
    'simulator/frontends/temporal/target.ts',
  ],
  ['simulator-frontends-temporal', 'simulator/frontends/temporal/a.ts', 'simulator/persistence/journal.ts'],
  ['simulator-frontends-temporal', 'simulator/frontends/temporal/b.ts', 'ws'],
  ['simulator-frontends-nexus-http', 'simulator/frontends/nexus-http/a.ts', 'simulator/engine/target.ts'],
  ['simulator-cluster', 'simulator/cluster/a.ts', 'simulator/engine/target.ts'],
  ['simulator-cluster', 'simulator/cluster/b.ts', 'simulator/driver/port.ts'],
  ['simulator-cluster', 'simulator/cluster/c.ts', 'simulator/frontends/temporal/target.ts'],
  ['simulator-entry', 'simulator/cli/a.ts', 'server/analysis/target.ts'],
  ['simulator-entry', 'simulator/main.ts', 'extension/target.ts'],
  ['server-analysis', 'server/analysis/a.ts', 'vscode-languageserver'],
  ['server-analysis', 'server/analysis/rules/b.ts', 'node:fs'],
  ['server-analysis', 'server/analysis/c.ts', 'server/platform/target.ts'],
  ['server-analysis', 'server/analysis/d.ts', 'simulator/engine/target.ts'],
  ['server-protocol', 'server/protocol/a.ts', 'server/analysis/target.ts'],
  ['server-lsp', 'server/lsp/a.ts', 'server/platform/target.ts'],
  ['server-lsp', 'server/lsp/b.ts', 'node:fs'],
  ['server-platform', 'server/platform/a.ts', 'server/lsp/target.ts'],
  ['server-platform', 'server/platform/b.ts', 'vscode-languageserver'],
  ['server-entry', 'server/main.ts', 'extension/target.ts'],
  ['server-entry', 'server/compose.ts', 'simulator/engine/target.ts'],
  ['extension-webview', 'extension/webview/a.ts', 'vscode'],
  ['extension-webview', 'extension/webview/b.tsx', 'node:path'],
  ['extension-webview', 'extension/webview/c.ts', 'extension/target.ts'],
  ['extension-panel-contract', 'extension/timeline/messages.ts', 'vscode'],
  ['extension-debug', 'extension/debug/session.ts', 'vscode'],
  ['extension-debug', 'extension/debug/frames.ts', 'extension/target.ts'],
  ['extension', 'extension/a.ts', 'server/analysis/target.ts'],
  ['extension', 'extension/commands/b.ts', 'simulator/engine/target.ts'],
  ['extension', 'extension/timeline/c.ts', 'extension/webview/target.ts'],
  ['extension', 'extension/debug/register.ts', 'simulator/driver/target.ts'],
  ['examples', 'examples/hello/a.ts', 'simulator/base/target.ts'],
  ['unlisted-room', 'simulator/attic/a.ts', 'simulator/base/target.ts'],
  ['unlisted-room', 'simulator/stray.ts', 'simulator/base/target.ts'],
  ['nothing-imports-tests', 'simulator/cli/tested.ts', 'test/harness/target.ts'],
  ['no-cycles', 'simulator/base/chicken.ts', 'simulator/base/egg.ts'],
  ['no-orphans', 'simulator/base/lonely.ts', ''],
  ['resolvable', 'simulator/cli/lost.ts', './gone.ts'],
  ['declared-packages', 'simulator/wire/undeclared.ts', 'protobufjs'],
];

/** What each room needs and may have. */
const allowed: readonly (readonly [from: string, to: string])[] = [
  ['simulator/protocol/a.ts', 'simulator/base/target.ts'],
  ['simulator/protocol/b.ts', 'zod'],
  ['simulator/spans/a.ts', 'simulator/protocol/target.ts'],
  ['simulator/engine/a.ts', 'simulator/protocol/target.ts'],
  ['simulator/engine/c.ts', 'simulator/spans/target.ts'],
  ['simulator/engine/nexus/b.ts', 'simulator/engine/policy/target.ts'],
  ['simulator/world/a.ts', 'yaml'],
  ['simulator/world/b.ts', 'simulator/protocol/temporal/port.ts'],
  ['simulator/driver/a.ts', 'simulator/engine/target.ts'],
  ['simulator/driver/b.ts', 'simulator/persistence/journal.ts'],
  ['simulator/persistence/a.ts', 'node:fs'],
  ['simulator/frontends/control/a.ts', 'simulator/driver/port.ts'],
  ['simulator/frontends/control/b.ts', 'simulator/frontends/wall-timer.ts'],
  ['simulator/frontends/control/c.ts', 'ws'],
  ['simulator/frontends/temporal/a.ts', 'simulator/wire/target.ts'],
  ['simulator/cluster/a.ts', 'simulator/wire/target.ts'],
  ['simulator/cli/a.ts', 'simulator/engine/target.ts'],
  ['simulator/compose.ts', 'simulator/frontends/control/target.ts'],
  ['server/analysis/a.ts', 'simulator/world/target.ts'],
  ['server/lsp/a.ts', 'server/analysis/target.ts'],
  ['server/lsp/b.ts', 'vscode-languageserver'],
  ['server/platform/a.ts', 'node:fs'],
  ['server/compose.ts', 'server/platform/target.ts'],
  ['extension/a.ts', 'vscode'],
  ['extension/b.ts', 'server/protocol/target.ts'],
  ['extension/webview/a.ts', 'extension/timeline/messages.ts'],
  ['extension/debug/register.ts', 'vscode'],
  ['extension/debug/session.ts', 'simulator/protocol/target.ts'],
  ['test/unit/a.ts', 'simulator/engine/target.ts'],
];

const temporary: string[] = [];
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true });
});

describe('the rooms of this repository', () => {
  test('import only what they may', { timeout: patience }, () => {
    const { code, output } = cruise(root);
    expect(code, output).toBe(0);
    const [, cruised = '0'] = /\((\d+) modules/.exec(output.replaceAll(',', '')) ?? [];
    expect(Number(cruised), output).toBeGreaterThan(100);
  });
});

describe('the walls', () => {
  let found: readonly { readonly rule: string; readonly from: string }[];
  beforeAll(() => {
    // The other half of the cycle, which is reported once.
    const egg = ['simulator/base/egg.ts', 'simulator/base/chicken.ts'] as const;
    found = violationsOf([...refused.map(([, from, to]) => [from, to] as const), egg]);
  }, patience);

  test.each(refused)('%s: %s may not import "%s"', (rule, from) => {
    expect(found).toContainEqual({ rule, from });
  });

  test('a type is an import too', { timeout: patience }, () => {
    const violations = violationsOf([['simulator/engine/a.ts', 'type simulator/driver/target.ts']]);
    expect(violations).toEqual([{ rule: 'simulator-engine', from: 'simulator/engine/a.ts' }]);
  });

  test('nothing is refused that a room may have', { timeout: patience }, () => {
    expect(violationsOf(allowed)).toEqual([]);
  });

  test('every rule is shown to fail and says what to do instead', () => {
    const { forbidden } = createRequire(import.meta.url)(config) as {
      readonly forbidden: readonly {
        readonly name: string;
        readonly comment?: string;
        readonly severity: string;
      }[];
    };
    const shown = new Set(refused.map(([rule]) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
    expect(forbidden.filter(({ comment = '' }) => comment.length < 40)).toEqual([]);
    expect(forbidden.filter(({ severity }) => severity !== 'error')).toEqual([]);
  });
});

/** Builds a tree with exactly these imports and cruises it. Imported files and packages exist, and import nothing. */
function violationsOf(imports: readonly (readonly [from: string, to: string])[]) {
  const tree = mkdtempSync(join(tmpdir(), 'walls-'));
  temporary.push(tree);
  const packages = ['zod', 'yaml', 'ws', 'vscode-languageserver'];
  const write = (path: string, text: string, flag?: string): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { flag });
  };
  for (const folder of folders) mkdirSync(join(tree, folder));
  for (const name of [...packages, 'protobufjs']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'main.js' }));
    write(`node_modules/${name}/main.js`, 'module.exports = {};\n');
  }
  const devDependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
  write('package.json', JSON.stringify({ name: 'walls', version: '1.0.0', devDependencies }));
  for (const [from, to] of imports) write(from, statement(from, to));
  for (const [, to] of imports) {
    const path = to.replace('type ', '');
    // A file that imports something itself was written above.
    if (isFile(path) && !imports.some(([from]) => from === path))
      write(path, 'export type Target = string;\n');
  }
  const { output } = cruise(tree, '--output-type', 'json');
  const report = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly summary: { readonly violations: readonly { from: string; rule: { name: string } }[] };
  };
  return report.summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

function statement(from: string, to: string): string {
  if (to === '') return 'export const alone = true;\n';
  const path = to.replace('type ', '');
  const relative = posix.relative(posix.dirname(from), path);
  const module = isFile(path) ? (relative.startsWith('.') ? relative : `./${relative}`) : path;
  return to.startsWith('type ')
    ? `import type { Target } from '${module}';\nexport type T = Target;\n`
    : `import '${module}';\n`;
}

const isFile = (to: string): boolean => folders.some((folder) => to.startsWith(`${folder}/`));
