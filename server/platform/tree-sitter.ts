import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import treeSitter, { type Language, type Tree } from '@vscode/tree-sitter-wasm';
import type { GrammarName, SyntaxNode, SyntaxParser } from '../analysis/syntax-tree.ts';

const grammarFiles = {
  typescript: 'tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-tsx.wasm',
} as const satisfies Record<GrammarName, string>;

/** Loads the parser and its grammars from a folder that holds the `.wasm` files. */
export async function loadSyntaxParser(directory: string): Promise<SyntaxParser> {
  await treeSitter.Parser.init({ locateFile: (file) => join(directory, file) });
  const load = async (name: GrammarName): Promise<Language> =>
    treeSitter.Language.load(new Uint8Array(await readFile(join(directory, grammarFiles[name]))));
  const languages = { typescript: await load('typescript'), tsx: await load('tsx') };
  return new TreeSitterParser(languages);
}

/** The folder with the `.wasm` files: beside the bundle, or, run from sources, in the package. */
export function grammarDirectory(script: string): string {
  const beside = dirname(script);
  if (existsSync(join(beside, 'tree-sitter.wasm'))) return beside;
  return dirname(createRequire(script).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm'));
}

class TreeSitterParser implements SyntaxParser {
  readonly #parser = new treeSitter.Parser();
  readonly #languages: Record<GrammarName, Language>;

  constructor(languages: Record<GrammarName, Language>) {
    this.#languages = languages;
  }

  parse<T>(grammar: GrammarName, text: string, read: (root: SyntaxNode) => T): T {
    this.#parser.setLanguage(this.#languages[grammar]);
    const tree: Tree | null = this.#parser.parse(text);
    if (tree === null) throw new Error(`Bug: the ${grammar} parser gave no tree`);
    try {
      return read(tree.rootNode);
    } finally {
      // The tree lives in the parser's own memory, which nobody else frees.
      tree.delete();
    }
  }
}
