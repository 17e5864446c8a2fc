import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleDebts, untestedDebts } from './debts.ts';
import { isCode, readText, textFiles } from './repository.ts';
import { root } from './run-tool.ts';
import { hasValues, untestedFiles, valueImports } from './untested.ts';

const LINES_MAX = 400;
const kB = 1_000;

/** Largest sizes of the minified bundles, in bytes. */
const budgets = {
  'dist/extension.cjs': 250 * kB,
  'dist/server.cjs': 1_000 * kB,
  'dist/simulator.cjs': 2_000 * kB,
  'dist/webview.js': 60 * kB,
} as const;
type Bundle = keyof typeof budgets;
const bundles = Object.keys(budgets) as Bundle[];

/** What esbuild tells of a build; only the parts that are read here. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly bytes: number;
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
      }
    >
  >;
}

describe('the bundles', () => {
  test.each(bundles)('%s stays within its budget', (bundle) => {
    const limit = bundleDebts[bundle]?.bytes ?? budgets[bundle];
    expect(oversize(bundle, builtMetafile(bundle), limit)).toBeUndefined();
  });

  test.each(Object.keys(bundleDebts) as Bundle[])('the debt of %s is still owed', (bundle) => {
    const bytes = builtMetafile(bundle).outputs[bundle]?.bytes ?? 0;
    expect(bytes, `${bundle} fits into its budget again: delete its line in debts.ts`).toBeGreaterThan(
      budgets[bundle],
    );
  });

  test('a bundle over its budget is told with its five heaviest inputs', () => {
    const inputs = Object.fromEntries(
      [3, 60, 20, 10, 5, 2].map((size, index) => [`src/${index}.ts`, { bytesInOutput: size * kB }]),
    );
    const metafile: Metafile = { outputs: { 'dist/webview.js': { bytes: 100 * kB, inputs } } };
    expect(oversize('dist/webview.js', metafile, 60 * kB)).toBe(
      [
        'dist/webview.js has 100 kB, its budget is 60 kB. Its heaviest inputs:',
        '60 kB src/1.ts',
        '20 kB src/2.ts',
        '10 kB src/3.ts',
        '5 kB src/4.ts',
        '3 kB src/0.ts',
      ].join('\n'),
    );
    expect(oversize('dist/webview.js', metafile, 100 * kB)).toBeUndefined();
  });
});

describe('the sources', () => {
  test(`have at most ${LINES_MAX} lines that are not blank: split what does two things`, () => {
    const long = textFiles()
      .filter(isCode)
      .map((path) => ({
        path,
        lines: readText(path)
          .split('\n')
          .filter((line) => line.trim() !== '').length,
      }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  test('of the engine and the analysis are each imported by a test, or a debt in debts.ts', () => {
    const owed = new Set(untestedDebts.flatMap(({ files }) => files));
    expect(untestedFiles().filter((path) => !owed.has(path))).toEqual([]);
  });

  test('that are tested or gone are no debts: delete their lines in debts.ts', () => {
    const untested = new Set(untestedFiles());
    const debts = untestedDebts.flatMap(({ files }) => files);
    expect(debts.filter((path) => !untested.has(path))).toEqual([]);
    expect(debts.filter((path, index) => debts.indexOf(path) !== index)).toEqual([]);
  });

  test('are seen to import values, not only types', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import {\n  b,\n  type B,\n} from '../b.ts';",
      "import './c.ts';",
      "import { zod } from 'zod';",
    ].join('\n');
    expect(valueImports(text)).toEqual(['../b.ts', './c.ts']);
    expect(hasValues('export interface A {}\n')).toBe(false);
    expect(hasValues('export const a = 1;\n')).toBe(true);
  });
});

/** What esbuild wrote down about the production build of a bundle. */
function builtMetafile(bundle: Bundle): Metafile {
  const path = `out/${bundle.replace('dist/', '')}.meta.json`;
  const build = 'run "node esbuild.mjs --production"';
  if (!existsSync(join(root, path))) throw new Error(`${path} is not there: ${build}.`);
  const metafile = JSON.parse(readText(path)) as Metafile;
  if (`${bundle}.map` in metafile.outputs) throw new Error(`${path} tells of a development build: ${build}.`);
  return metafile;
}

/** Says by how much a bundle is too large and what weighs most in it; `undefined` when it is not. */
function oversize(bundle: Bundle, metafile: Metafile, limit: number): string | undefined {
  const output = metafile.outputs[bundle];
  if (output === undefined) return `The build made no ${bundle}.`;
  if (output.bytes <= limit) return undefined;
  const heaviest = Object.entries(output.inputs)
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 5)
    .map(([path, { bytesInOutput }]) => `${inKb(bytesInOutput)} ${path}`);
  const [has, budget] = [inKb(output.bytes), inKb(limit)];
  return [`${bundle} has ${has}, its budget is ${budget}. Its heaviest inputs:`, ...heaviest].join('\n');
}

const inKb = (bytes: number): string => `${Math.round(bytes / kB)} kB`;
