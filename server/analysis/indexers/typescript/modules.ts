import type { Expression } from '../../expression.ts';
import type { Dependency } from '../../facts.ts';
import { childrenOf, type SyntaxNode } from '../../syntax-tree.ts';
import { resolvePath, type DocumentUri } from '../../uri.ts';
import { plainName, type Bindings } from './bindings.ts';
import type { Evaluator } from './evaluate.ts';
import { textOfString } from './string-literal.ts';

export interface ModuleSurface {
  readonly exports: ReadonlyMap<string, Expression>;
  readonly starExports: readonly string[];
}

/** What a module offers to others. */
export function surfaceOf(bindings: Bindings, evaluator: Evaluator): ModuleSurface {
  const exports = new Map<string, Expression>();
  const starExports: string[] = [];
  for (const statement of bindings.exportStatements) {
    const source = statement.childForFieldName('source');
    const module = source === null ? undefined : textOfString(source);
    const parts = childrenOf(statement);
    const clause = parts.find((part) => part.type === 'export_clause');
    const namespace = parts.find((part) => part.type === 'namespace_export');
    if (clause !== undefined) addClause(exports, clause, module);
    else if (namespace !== undefined && module !== undefined) {
      const name = childrenOf(namespace)[0];
      if (name !== undefined) exports.set(plainName(name), { kind: 'import', module, name: '*' });
    } else if (module !== undefined) starExports.push(module);
    else addDeclaration(exports, statement, evaluator);
  }
  return { exports, starExports };
}

function addClause(exports: Map<string, Expression>, clause: SyntaxNode, module: string | undefined): void {
  for (const specifier of childrenOf(clause)) {
    const name = specifier.childForFieldName('name');
    if (name === null) continue;
    const outside = plainName(specifier.childForFieldName('alias') ?? name);
    const inside = plainName(name);
    exports.set(
      outside,
      module === undefined ? { kind: 'name', name: inside } : { kind: 'import', module, name: inside },
    );
  }
}

function addDeclaration(exports: Map<string, Expression>, statement: SyntaxNode, evaluator: Evaluator): void {
  const value = statement.childForFieldName('value');
  if (value !== null) {
    exports.set('default', evaluator.evaluate(value));
    return;
  }
  const declaration = statement.childForFieldName('declaration');
  if (declaration === null) return;
  for (const name of declaredNames(declaration)) exports.set(name, { kind: 'name', name });
}

function declaredNames(declaration: SyntaxNode): readonly string[] {
  const own = declaration.childForFieldName('name');
  if (own !== null) return [own.text];
  return childrenOf(declaration).flatMap((declarator) => {
    const target = declarator.childForFieldName('name');
    if (target === null) return [];
    if (target.type !== 'object_pattern') return [target.text];
    return childrenOf(target).map((part) => (part.childForFieldName('value') ?? part).text);
  });
}

/**
 * The relative modules a file needs to be understood. A file about Nexus needs all it imports; one that is only
 * passed through needs what it passes on, or else the whole program would be read.
 */
export function dependenciesOf(
  uri: DocumentUri,
  modules: readonly string[],
  passedOn: ReadonlySet<string> | undefined,
): readonly Dependency[] {
  const wanted = modules.filter((module) => isRelative(module) && (passedOn?.has(module) ?? true));
  return [...new Set(wanted)].map((module) => ({ module, candidates: candidatesOf(uri, module) }));
}

/** The modules that a file's exports lead to. */
export function passedOnModules(
  surface: ModuleSurface,
  names: ReadonlyMap<string, Expression>,
): ReadonlySet<string> {
  const modules = new Set(surface.starExports);
  const seen = new Set<Expression>();
  const pending = [...surface.exports.values()];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === 'import') modules.add(next.module);
    else pending.push(...partsOf(next, names));
  }
  return modules;
}

function partsOf(expression: Expression, names: ReadonlyMap<string, Expression>): readonly Expression[] {
  switch (expression.kind) {
    case 'name': {
      const meaning = names.get(expression.name);
      return meaning === undefined ? [] : [meaning];
    }
    case 'member':
      return [expression.of];
    case 'concatenation':
      return expression.parts;
    case 'record':
      return [...expression.entries.map((entry) => entry.value), ...expression.spreads];
    case 'list':
      return expression.items;
    case 'text':
    case 'import':
    case 'fact':
    case 'operation':
    case 'handler':
    case 'unknown':
      return [];
  }
}

const isRelative = (module: string): boolean => /^\.\.?(?:\/|$)/.test(module);

/** The files a relative specifier may mean. Sources are tried before what was compiled from them. */
export function candidatesOf(from: DocumentUri, module: string): readonly DocumentUri[] {
  const base = resolvePath(from, module);
  const written = /\.(?:[mc]?[jt]s|[jt]sx)$/.exec(base)?.[0];
  if (written !== undefined) {
    const stem = base.slice(0, -written.length);
    return (sourcesOf.get(written) ?? [written]).map((extension) => `${stem}${extension}` as DocumentUri);
  }
  return [base, `${base}/index`].flatMap((stem) => extensions.map((ext) => `${stem}${ext}` as DocumentUri));
}

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs'] as const;

const sourcesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['.js', ['.ts', '.tsx', '.d.ts', '.js', '.jsx']],
  ['.jsx', ['.tsx', '.jsx']],
  ['.mjs', ['.mts', '.mjs']],
  ['.cjs', ['.cts', '.cjs']],
]);
