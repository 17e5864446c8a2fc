/** The part of a parsed syntax tree that indexers read. Indexes are UTF-16 code units. */
export interface SyntaxNode {
  /** Unique within one tree. */
  readonly id: number;
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly parent: SyntaxNode | null;
  readonly namedChildren: readonly (SyntaxNode | null)[];
  /** Named and unnamed children, keywords and punctuation included. */
  readonly children: readonly (SyntaxNode | null)[];
  childForFieldName(name: string): SyntaxNode | null;
}

export type GrammarName = 'typescript' | 'tsx';

/** Parses source text. Parsers are tolerant: broken text gives a tree too. */
export interface SyntaxParser {
  /** Calls `read` with the tree's root and gives the tree back afterwards; nodes must not outlive the call. */
  parse<T>(grammar: GrammarName, text: string, read: (root: SyntaxNode) => T): T;
}

/** The children that are syntax, without holes. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.namedChildren.filter(
    (child): child is SyntaxNode => child !== null && child.type !== 'comment',
  );
}
