import { Lexer, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import { WORLD_TEXT_MAX } from '../protocol/contract.ts';
import { FILE_DEPTH_MAX, Reader } from './reader.ts';
import { worldShape, type WorldText } from './schema.ts';
import type { SourceProblem } from './source.ts';

/** What one file says, without what it includes. */
export interface ReadFile {
  /** `undefined` when nothing was understood. */
  readonly found: WorldText | undefined;
  readonly problems: readonly SourceProblem[];
  /** False when the values are guesses, because the text is not even YAML. */
  readonly isSound: boolean;
}

/** Most tokens of a file; the YAML parser's own memory grows with them. */
const TOKENS_MAX = 200_000;

/** Reads one file whose places begin at `base`. Never throws. */
export function readFile(text: string, base: number): ReadFile {
  const start = { start: base, end: base + 1 };
  const unfit = unfitForParsing(text);
  if (unfit !== undefined) return { found: undefined, problems: [shifted(unfit, base)], isSound: false };
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const broken = [...document.errors, ...document.warnings].map((error) => shifted(yamlProblem(error), base));
  if (document.contents === null && broken.length === 0) {
    return { found: undefined, problems: [{ range: start, message: emptyFile }], isSound: false };
  }
  if (base > 0) shiftNodes(document, base);
  const reader = new Reader(document, { text, base });
  const root = reader.enter(document.contents, 'the file', { range: start, depth: 0 });
  const found = root && worldShape.read(root, reader);
  // After a syntax error the values are guesses, and so would be what is said about them.
  if (broken.length > 0) return { found, problems: broken, isSound: false };
  return { found, problems: reader.problems, isSound: true };
}

const shifted = ({ range, message }: SourceProblem, base: number): SourceProblem => ({
  message,
  range: { start: range.start + base, end: range.end + base },
});

/** Moves the places of all values to where the file's places begin. */
function shiftNodes(document: Document, base: number): void {
  visit(document, {
    Node: (_, node) => {
      if (node.range) {
        const [from, to, end] = node.range;
        node.range = [from + base, to + base, end + base];
      }
    },
  });
}

/** What the YAML parser must not be given: it would take too long or run out of stack. */
function unfitForParsing(text: string): SourceProblem | undefined {
  const start = { start: 0, end: 1 };
  if (text.length > WORLD_TEXT_MAX) {
    return {
      range: start,
      message: `The file has ${text.length} characters; ${WORLD_TEXT_MAX} are the most. Split it up.`,
    };
  }
  let [tokens, depth, dashes, offset] = [0, 0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    else if (token === '-' || token === '?') dashes++;
    else if (token.includes('\n')) dashes = 0;
    tokens++;
    const range = { start: offset, end: offset + token.length };
    if (depth > FILE_DEPTH_MAX || dashes > FILE_DEPTH_MAX) {
      return { range, message: `The file nests deeper than ${FILE_DEPTH_MAX} levels here; flatten it.` };
    }
    if (tokens > TOKENS_MAX) {
      return { range, message: `The file has more than ${TOKENS_MAX} tokens; split it up.` };
    }
    if (!isControlToken(token)) offset += token.length;
  }
  return undefined;
}

/** Tokens that stand for something which takes no place in the text. */
const isControlToken = (token: string): boolean => /^[\u0002\u0018\u001f]$/.test(token);

const emptyFile = 'The file is empty; a world file begins with "nexus: 1".';

function yamlProblem(error: YAMLError): SourceProblem {
  const [start, end] = error.pos;
  const said = error.message.length > 200 ? `${error.message.slice(0, 200)}…` : error.message;
  const message =
    error.code === 'MULTIPLE_DOCS'
      ? 'A world file holds one YAML document; put what follows this line into a file of its own.'
      : `This is not valid YAML: ${said.charAt(0).toLowerCase()}${said.slice(1).replace(/\.$/, '')}.`;
  return { range: { start, end: Math.max(end, start + 1) }, message };
}
