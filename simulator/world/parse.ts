import { Lexer, parseDocument, type YAMLError } from 'yaml';
import { WORLD_TEXT_MAX, type WorldProblem } from '../protocol/contract.ts';
import { crossChecks } from './cross-check.ts';
import { FILE_DEPTH_MAX, Reader } from './reader.ts';
import { worldShape } from './schema.ts';
import { SourceLines, type SourceProblem } from './source.ts';
import { emptyWorld, type World } from './world.ts';

/** What was understood, and what was wrong, in the order of the file. */
export interface ParsedWorld {
  readonly value: World;
  readonly problems: readonly WorldProblem[];
}

/** Most tokens of a file; the YAML parser's own memory grows with them. */
const TOKENS_MAX = 200_000;

/** Reads a world file. Never throws; a broken file still yields what was understood of it. */
export function parseWorld(text: string): ParsedWorld {
  const lines = new SourceLines(text);
  const unfit = unfitForParsing(text);
  if (unfit !== undefined) return { value: emptyWorld, problems: [lines.place(unfit)] };
  const { value, problems } = readWorld(text);
  const inOrder = [...problems].sort((a, b) => a.range.start - b.range.start);
  return { value, problems: inOrder.map((problem) => lines.place(problem)) };
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

function readWorld(text: string): { value: World; problems: readonly SourceProblem[] } {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const broken = [...document.errors, ...document.warnings].map((error) => yamlProblem(error));
  if (document.contents === null && broken.length === 0) {
    return { value: emptyWorld, problems: [{ range: { start: 0, end: 1 }, message: emptyFile }] };
  }
  const reader = new Reader(document, text);
  const root = reader.enter(document.contents, 'the file', { range: { start: 0, end: 1 }, depth: 0 });
  const found = root && worldShape.read(root, reader);
  const value: World = { ...emptyWorld, ...found };
  // After a syntax error the values are guesses, and after a missing value every name may seem unknown.
  if (broken.length > 0) return { value, problems: broken };
  if (found === undefined) return { value, problems: reader.problems };
  return { value, problems: [...reader.problems, ...crossChecks(value)] };
}

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
