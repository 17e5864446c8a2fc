import { isCollection, isMap, isSeq, type Document as YamlDocument, type YAMLError } from 'yaml';
import type { OffsetRange } from '../../document.ts';
import type { IdlProblem } from '../../idl-facts.ts';
import { rangeOf, type YamlNode } from './nodes.ts';

/** What the YAML parser could not read. */
export function syntaxProblems(document: YamlDocument, text: string): readonly IdlProblem[] {
  const problems = new Map<number, IdlProblem>();
  for (const error of document.errors) {
    const range = errorRange(document, error, text);
    // One slip makes several errors; the first at a place says most.
    if (problems.has(range.start)) continue;
    problems.set(
      range.start,
      error.code === 'MULTIPLE_DOCS'
        ? { range, code: 'idl-multi-document' }
        : { range, code: 'idl-yaml-syntax', detail: sentenceOf(error) },
    );
  }
  return [...problems.values()];
}

const sentenceOf = (error: YAMLError): string => error.message.replace(/[.\s]+$/, '');

function errorRange(document: YamlDocument, error: YAMLError, text: string): OffsetRange {
  const [start, end] = error.pos;
  if (error.code === 'MULTIPLE_DOCS') return { start, end: endOfLine(text, start, 3) };
  const isUnclosed = /Flow (?:map|sequence)|expected .* to end with/i.test(error.message);
  const opening = isUnclosed ? openingBracket(document.contents, start) : undefined;
  if (opening !== undefined) return { start: opening, end: opening + 1 };
  return { start, end: Math.max(endOfLine(text, start, end - start), start) };
}

/** The bracket that a flow collection which should have ended before `offset` was opened with. */
function openingBracket(root: YamlNode, offset: number): number | undefined {
  let found: number | undefined;
  const pending: YamlNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isCollection(node)) continue;
    const { start, end } = rangeOf(node);
    const isInner = found === undefined || start > found;
    if (node.flow === true && start <= offset && end >= offset && isInner) found = start;
    if (isMap(node)) pending.push(...node.items.map((pair) => pair.value as YamlNode));
    else if (isSeq(node)) pending.push(...(node.items as YamlNode[]));
  }
  return found;
}

function endOfLine(text: string, start: number, length: number): number {
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  return Math.min(start + length, Math.max(lineEnd, start));
}
