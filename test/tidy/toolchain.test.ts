import { describe, expect, test } from 'vitest';
import { manifest, readText } from './repository.ts';

const { engines, dependencies = {}, devDependencies = {} } = manifest();
const packages = { ...dependencies, ...devDependencies };

describe('package.json', () => {
  test('names the oldest Node and editor that will do', () => {
    expect(engines['node']).toMatch(/^>=\d+\.\d+\.\d+$/);
    expect(engines['vscode']).toMatch(/^\^\d+\.\d+\.\d+$/);
  });

  test('types Node and the editor no newer than the oldest that will do', () => {
    const major = /\d+/.exec(engines['node'] ?? '')?.[0];
    expect(packages['@types/node']?.split('.')[0]).toBe(major);
    expect(packages['@types/vscode']).toBe(engines['vscode']?.slice(1));
  });

  test('pins every package to one version', () => {
    const loose = Object.entries(packages).filter(([, version]) => !isExact(version));
    expect(loose).toEqual([]);
  });

  test('agrees with the lockfile', () => {
    const lock = JSON.parse(readText('package-lock.json')) as {
      readonly packages: Readonly<
        Record<
          string,
          { readonly version?: string; readonly dependencies?: object; readonly devDependencies?: object }
        >
      >;
    };
    const own = lock.packages[''];
    expect({ ...own?.dependencies, ...own?.devDependencies }).toEqual(packages);
    const installed = Object.keys(packages).map((name) => [
      name,
      lock.packages[`node_modules/${name}`]?.version,
    ]);
    expect(Object.fromEntries(installed)).toEqual(packages);
  });

  test('refuses an older Node than it names', () => {
    expect(readText('.npmrc')).toMatch(/^engine-strict=true$/m);
  });
});

describe('the table of dependencies in ARCHITECTURE.md', () => {
  test('gives a reason for every package, and only for those that are used', () => {
    const reasons = reasonsIn(readText('ARCHITECTURE.md'));
    expect(Object.keys(packages).filter((name) => !reasons.has(name))).toEqual([]);
    expect([...reasons.keys()].filter((name) => !(name in packages))).toEqual([]);
  });

  test('is the one under the heading that names dependencies', () => {
    const text = [
      '## Rooms\n\n| `base` | all |',
      '### Dependencies\n\n| package | why |\n|---|---|\n| `ws` | WebSocket |\n| `zod` | |',
      '## More\n\n| `x` | y |',
    ].join('\n\n');
    expect([...reasonsIn(text)]).toEqual([['ws', 'WebSocket']]);
  });
});

test.each(['^1.2.3', '~1.2.3', '1.2', '*', 'latest', '>=1.0.0', 'git+ssh://x'])(
  '%s is not one version',
  (version) => {
    expect(isExact(version)).toBe(false);
  },
);

function isExact(version: string): boolean {
  return /^(npm:(@[\w-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);
}

/** Name → reason, of the rows that have both, in the section about dependencies. */
function reasonsIn(text: string): Map<string, string> {
  const [section = ''] = /^#+ .*dependenc[^]*?(?=^#|$(?![^]))/im.exec(text) ?? [];
  const rows = section.matchAll(/^\| *`([^`]+)` *\| *([^|\n]*[^|\s][^|\n]*?) *\|/gm);
  return new Map([...rows].map(([, name = '', why = '']) => [name, why]));
}
