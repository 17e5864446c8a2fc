import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manifest, readText, repositoryFiles } from './repository.ts';
import { root, runTool } from './run-tool.ts';

/** Documents that a visitor of the repository expects. */
const expected = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] as const;
const documents = repositoryFiles().filter((path) => path.endsWith('.md'));

describe('the documents', () => {
  test.each(expected)('%s is there', (path) => {
    expect(documents).toContain(path);
  });

  test.each(documents)('%s links only to what exists', (path) => {
    expect(brokenLinks(path, readText(path))).toEqual([]);
  });

  test('the changelog says what is new', () => {
    const [, unreleased = ''] =
      /^## \[?Unreleased\]?\n([^]*?)(?=^## |$(?![^]))/m.exec(readText('CHANGELOG.md')) ?? [];
    expect(unreleased.match(/^- .+/gm) ?? []).not.toEqual([]);
  });

  test('the checks find a broken link', () => {
    const text =
      '# A title, and more\n[a](gone.md) [b](#a-title-and-more) [c](#gone) [d](https://example.org) `[e](x)`';
    expect(brokenLinks('README.md', text)).toEqual(['gone.md', '#gone']);
  });
});

describe('the commands in the tables of README.md', () => {
  const rows = existsSync(join(root, 'README.md')) ? commandsIn(readText('README.md')) : [];

  test('are there', () => {
    expect(rows.filter(({ program }) => program === 'npm')).not.toEqual([]);
    expect(rows.filter(({ program }) => program === 'nexus-sim')).not.toEqual([]);
  });

  const npm = new Set(rows.flatMap(({ program, name }) => (program === 'npm' ? [name] : [])));
  test.each([...npm])('npm script %s exists', (name) => {
    expect(Object.keys(manifest().scripts)).toContain(name);
  });

  const simulator = new Set(rows.flatMap(({ program, name }) => (program === 'nexus-sim' ? [name] : [])));
  test.each([...simulator])('nexus-sim knows %s', (name) => {
    const { code, output } = runTool('../dist/simulator.cjs', [name, '--help']);
    expect(code, output).toBe(0);
  });

  test('are read from rows like these', () => {
    const table =
      '| `npm run check` | all |\n| `npm test -- --only unit` | `npm run no` |\n| `nexus-sim run a.yaml` | x |';
    expect(commandsIn(table)).toEqual([
      { program: 'npm', name: 'check' },
      { program: 'npm', name: 'test' },
      { program: 'nexus-sim', name: 'run' },
    ]);
  });
});

/** Links of a document that lead nowhere: to no file, or to no heading of it. Other sites are not asked. */
function brokenLinks(path: string, text: string): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', heading] = target.split('#');
    const linked = file === '' ? path : posix.join(posix.dirname(path), decodeURIComponent(file));
    if (linked !== path && !existsSync(join(root, linked))) return true;
    if (heading === undefined || !linked.endsWith('.md')) return false;
    return !anchorsOf(linked === path ? text : readText(linked)).includes(heading);
  });
}

/** Headings as code hosts make anchors of them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}_ -]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

interface NamedCommand {
  readonly program: 'npm' | 'nexus-sim';
  readonly name: string;
}

/** The commands that stand first in the rows of tables. */
function commandsIn(text: string): NamedCommand[] {
  const rows = text.matchAll(/^\| *`(?:npx )?(npm run|npm|nexus-sim) ([a-z][\w:-]*)[^`]*`/gm);
  return [...rows].flatMap(([, program, name = '']): NamedCommand[] => {
    // `npm ci` and its kin are npm's own.
    if (program === 'npm' && !['test', 'start'].includes(name)) return [];
    return [{ program: program === 'nexus-sim' ? 'nexus-sim' : 'npm', name }];
  });
}
