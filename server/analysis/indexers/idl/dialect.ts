import { isMap, isSeq } from 'yaml';
import type { IdlDialect } from '../../idl-facts.ts';
import { entriesOf, stringOf, type YamlNode } from './nodes.ts';

/** The hints of nexus-rpc-gen that name an existing type of one language, documented spellings first. */
export const languageReferences = {
  documented: ['$csharpRef', '$goRef', '$javaRef', '$pythonRef', '$typescriptRef'],
  alsoAccepted: ['$csRef', '$golangRef', '$pyRef', '$tsRef', '$tsxRef'],
} as const;

const languageReferenceNames: ReadonlySet<string> = new Set([
  ...languageReferences.documented,
  ...languageReferences.alsoAccepted,
]);

export const isLanguageReference = (key: string): boolean => languageReferenceNames.has(key);
/** Looks like a hint for a language, known or not. */
export const looksLikeLanguageReference = (key: string): boolean => /^\$[a-z]+Ref$/.test(key);
export const isLanguageName = (key: string): boolean => /^x-[a-z]+-name$/.test(key);

/**
 * Decides which generator a document is written for. Keys of the root speak first; keys that only one of the
 * two knows come next, references last.
 */
export function dialectOf(root: YamlNode): IdlDialect {
  const rootKeys = new Set(entriesOf(root).map((entry) => entry.name));
  if (rootKeys.has('types')) return 'nexus-rpc-gen';
  if (rootKeys.has('$defs') || rootKeys.has('$schema')) return 'nexgen';
  const signs = signsIn(root);
  if (signs.languageReference) return 'nexus-rpc-gen';
  if (signs.qualifiedName) return 'nexgen';
  if (signs.typesReference) return 'nexus-rpc-gen';
  return signs.definitionsReference ? 'nexgen' : 'undecided';
}

interface Signs {
  languageReference: boolean;
  qualifiedName: boolean;
  typesReference: boolean;
  definitionsReference: boolean;
}

function signsIn(root: YamlNode): Signs {
  const signs: Signs = {
    languageReference: false,
    qualifiedName: false,
    typesReference: false,
    definitionsReference: false,
  };
  const pending: YamlNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isSeq(node)) pending.push(...(node.items as YamlNode[]));
    if (!isMap(node)) continue;
    for (const { name, value } of entriesOf(node)) {
      signs.languageReference ||= isLanguageReference(name);
      signs.qualifiedName ||= name === 'fqn' || isLanguageName(name);
      const reference = name === '$ref' ? stringOf(value) : undefined;
      signs.typesReference ||= reference?.startsWith('#/types/') ?? false;
      signs.definitionsReference ||= reference?.includes('#/$defs/') ?? false;
      pending.push(value);
    }
  }
  return signs;
}
