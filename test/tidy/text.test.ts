import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCode, readText, repositoryFiles, textFiles } from './repository.ts';

/** A place where a pattern was found, as editors open it. */
function places(text: string, path: string, pattern: RegExp): string[] {
  return text.split('\n').flatMap((line, index) => {
    const [match] = pattern.exec(line) ?? [];
    return match === undefined ? [] : [`${path}:${index + 1}: ${match}`];
  });
}

const inFiles = (files: readonly string[], pattern: RegExp): string[] =>
  files.flatMap((path) => places(readText(path), path, pattern));

// Written apart, so that this file does not find itself.
const leftover = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
const switchedOff = new RegExp(
  `\\b(test|it|describe|suite|bench)\\.(${'on' + 'ly'}|${'sk' + 'ip'}|${'to' + 'do'})\\b`,
);
const machinePath = new RegExp(`(^|[\\s'"\`(=:])(/(work|root|Users|home)/\\w|[A-Z]:\\\\Users)`);

const vague = ['utils', 'util', 'helpers', 'helper', 'types', 'common', 'misc', 'index', 'shared', 'stuff'];
/** Names that are another party's, with their reason. */
const named: Readonly<Record<string, string>> = {
  'simulator/protocol/temporal/common.ts': 'holds the messages of the proto package temporal.api.common.v1',
};

const isVague = (path: string): boolean =>
  isCode(path) && vague.includes(posix.basename(path).replace(/(\.(test|d))?\.\w+$/, '')) && !(path in named);

describe('the text of the repository', () => {
  test('holds no promise of later work: do it, or write an issue', () => {
    expect(inFiles(textFiles(), leftover)).toEqual([]);
  });

  test('switches no test off, and none of its neighbours: run it or delete it', () => {
    const tests = textFiles().filter((path) => path.startsWith('test/') && isCode(path));
    expect(inFiles(tests, switchedOff)).toEqual([]);
  });

  test('names no place on the machine of its author: use a path relative to the file or a temporary folder', () => {
    expect(inFiles(textFiles(), machinePath)).toEqual([]);
  });

  test('names every file for the one thing in it', () => {
    expect(repositoryFiles().filter(isVague)).toEqual([]);
  });

  test('keeps no exception for a file that is gone', () => {
    expect(Object.keys(named).filter((path) => !repositoryFiles().includes(path))).toEqual([]);
  });

  test('writes file names in kebab-case', () => {
    const stray = repositoryFiles().filter(
      (path) => isCode(path) && !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(posix.basename(path)),
    );
    expect(stray).toEqual([]);
  });

  test('ends every file with one line break and uses no carriage returns', () => {
    const wrong = textFiles().filter((path) => {
      const text = readText(path);
      return text.includes('\r') || !text.endsWith('\n') || text.endsWith('\n\n');
    });
    expect(wrong).toEqual([]);
  });

  test('exports by name: no default exports and no files that only pass on exports of others', () => {
    const code = textFiles().filter((path) => /^(simulator|server|extension)\/.*\.tsx?$/.test(path));
    expect(inFiles(code, /^export (default\b|\* from\b)/)).toEqual([]);
  });

  test('keeps the lockfile free of the places where packages came from', () => {
    // With such addresses a clone can install only where they can be reached.
    const lock = JSON.parse(readText('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
    };
    const resolved = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(1);
    expect(resolved.map(([name]) => name)).toEqual([]);
    expect(places(readText('.npmrc'), '.npmrc', /registry/)).toEqual([]);
  });
});

describe('these checks', () => {
  test.each([
    [leftover, `// ${'TO' + 'DO'}: later`],
    [switchedOff, `test.${'on' + 'ly'}('x', () => {});`],
    [switchedOff, `describe.${'sk' + 'ip'}.each([])`],
    [machinePath, `const folder = '${'/ho' + 'me'}/ada/world';`],
    [machinePath, `open("${'C:' + String.raw`\Users`}")`],
  ])('%s finds %s', (pattern, line) => {
    expect(places(`first\n${line}\n`, 'a.ts', pattern)).toHaveLength(1);
  });

  test.each([
    [leftover, "case 'todo':"],
    [switchedOff, 'context.skip(reason)'],
    [machinePath, "import './work/a.ts'; // https://example.org/home/x"],
  ])('%s lets %s pass', (pattern, line) => {
    expect(places(line, 'a.ts', pattern)).toEqual([]);
  });

  test('a vague name is found in every place and kind of file', () => {
    for (const path of ['server/lsp/utils.ts', 'test/unit/index.test.ts', 'extension/webview/types.d.ts']) {
      expect(isVague(path), path).toBe(true);
    }
    expect(isVague('server/analysis/indexers/type-names.ts')).toBe(false);
  });
});
