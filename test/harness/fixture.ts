import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { neverCancelled } from '../../server/analysis/cancellation.ts';
import { Document, type OffsetRange, type Place } from '../../server/analysis/document.ts';
import { diagnostics } from '../../server/analysis/features/diagnostics.ts';
import { allIndexers } from '../../server/analysis/indexers/all.ts';
import { MemoryWorkspace } from '../../server/analysis/memory-workspace.ts';
import { allRules } from '../../server/analysis/rules/all.ts';
import type { SyntaxParser } from '../../server/analysis/syntax-tree.ts';
import { parseDocumentUri, type DocumentUri } from '../../server/analysis/uri.ts';
import { WorkspaceIndex } from '../../server/analysis/workspace-index.ts';
import { loadSyntaxParser } from '../../server/platform/tree-sitter.ts';

/** A whole workspace, written as one text. */
export interface Fixture {
  readonly files: ReadonlyMap<string, string>;
  /** Where `<|>` stood. */
  readonly caret: { readonly path: string; readonly offset: number } | undefined;
  /** What lines of `^^^^ code` claim about the line above them. */
  readonly marks: readonly Mark[];
}

export interface Mark {
  readonly path: string;
  readonly range: OffsetRange;
  readonly code: string;
}

const caretMarker = '<|>';

/**
 * Reads a fixture. `--- path` starts a file; `<|>` is the caret; a line of `^^^^ code` claims that the code is
 * found at exactly these columns of the line above, `| code` that it is found there with an empty range.
 * All marks are removed before any parser sees the text.
 */
export function parseFixture(text: string): Fixture {
  const files = new Map<string, string>();
  const marks: Mark[] = [];
  let caret: Fixture['caret'];
  for (const section of text
    .replace(/^\s*\n(?=--- )/, '')
    .split(/^--- /m)
    .slice(1)) {
    const headerEnd = section.indexOf('\n');
    const path = (headerEnd < 0 ? section : section.slice(0, headerEnd)).trim();
    const { body, marks: own } = withoutMarks(headerEnd < 0 ? '' : section.slice(headerEnd + 1));
    const at = body.indexOf(caretMarker);
    if (at >= 0) caret = { path, offset: at };
    files.set(path, body.replace(caretMarker, ''));
    marks.push(...own.map((mark) => ({ ...mark, path })));
  }
  if (files.size === 0) throw new Error('The fixture has no file; start it with a line "--- path/to/file".');
  return { files, caret, marks };
}

/** An indexed fixture. */
export interface OpenedFixture {
  readonly fixture: Fixture;
  readonly workspace: MemoryWorkspace;
  readonly index: WorkspaceIndex;
  readonly failures: unknown[];
}

export const root = parseDocumentUri('file:///w');

export const uriOf = (path: string): DocumentUri => parseDocumentUri(`${root}/${path}`);

export const pathOf = (uri: DocumentUri): string => uri.slice(root.length + 1);

let loading: Promise<SyntaxParser> | undefined;

/** The real parser with the real grammars, loaded once. */
export function testParser(): Promise<SyntaxParser> {
  const wasm = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm');
  loading ??= loadSyntaxParser(dirname(wasm));
  return loading;
}

export async function openFixture(text: string, folders: readonly string[] = []): Promise<OpenedFixture> {
  const fixture = parseFixture(text);
  const texts = new Map([...fixture.files].map(([path, content]) => [uriOf(path), content]));
  const workspace = new MemoryWorkspace(texts, folders.length === 0 ? [root] : folders.map(uriOf));
  const failures: unknown[] = [];
  const index = new WorkspaceIndex({
    workspace,
    indexers: allIndexers,
    parser: await testParser(),
    onFailure: (_uri, failure) => failures.push(failure),
  });
  await index.build();
  return { fixture, workspace, index, failures };
}

/** What all rules find, one line per finding: `path:line:column text code`, the columns as in an editor. */
export async function findingsIn({ index }: OpenedFixture): Promise<readonly string[]> {
  const model = await index.model();
  const found = diagnostics(
    model,
    allRules,
    (rule, failure) => {
      throw new Error(`Rule ${rule.name} failed`, { cause: failure });
    },
    neverCancelled,
  );
  return [...found.values()]
    .flat()
    .map(({ place, code }) => `${describePlace(index, place)} ${code}`)
    .sort();
}

/** What the fixture's marks claim, in the words of `findingsIn`. */
export function marksIn({ fixture }: OpenedFixture): readonly string[] {
  return fixture.marks
    .map(({ path, range, code }) => {
      const document = new Document(uriOf(path), fixture.files.get(path) ?? '');
      return `${describe(document, range)} ${code}`;
    })
    .sort();
}

/** `path:line:column text`, line and column counted from one. */
export function describePlace(index: WorkspaceIndex, { uri, range }: Place): string {
  const document = index.document(uri);
  if (document === undefined) throw new Error(`${uri} is not indexed`);
  return describe(document, range);
}

function describe(document: Document, range: OffsetRange): string {
  const { line, character } = document.positionAt(range.start);
  const text = document.text.slice(range.start, range.end);
  return `${pathOf(document.uri)}:${line + 1}:${character + 1} ${JSON.stringify(text)}`;
}

function withoutMarks(section: string): {
  readonly body: string;
  readonly marks: readonly Omit<Mark, 'path'>[];
} {
  const kept: string[] = [];
  const marks: Omit<Mark, 'path'>[] = [];
  let lineStart = 0;
  let length = 0;
  for (const line of section.split('\n')) {
    const mark = /^( *)(\^+|\|) ([a-z][a-z0-9-]*)$/.exec(line);
    if (mark === null) {
      kept.push(line);
      lineStart = length;
      length += line.replace(caretMarker, '').length + 1;
      continue;
    }
    const [, indent = '', carets = '', code = ''] = mark;
    const start = lineStart + indent.length;
    marks.push({ range: { start, end: start + (carets === '|' ? 0 : carets.length) }, code });
  }
  return { body: kept.join('\n'), marks };
}
