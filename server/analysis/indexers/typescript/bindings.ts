import type { SyntaxNode } from '../../syntax-tree.ts';
import { childrenOf } from '../../syntax-tree.ts';
import { textOfString } from './string-literal.ts';

/** What a name stands for where it is declared. */
export type Binding =
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
  /** An initialiser, and the members a destructuring pattern takes out of it. */
  | { readonly kind: 'value'; readonly node: SyntaxNode; readonly members: readonly string[] }
  | { readonly kind: 'enum'; readonly node: SyntaxNode }
  | { readonly kind: 'function' }
  /** Declared without a value: a parameter, or a variable that is assigned later. */
  | { readonly kind: 'declared'; readonly type: SyntaxNode | undefined }
  | { readonly kind: 'opaque' };

/** Where a name was found, and whether that is the file's top level. */
export interface Found {
  readonly binding: Binding;
  readonly topLevel: boolean;
}

/** Everything one walk over the tree gathers. */
export class Bindings {
  readonly calls: SyntaxNode[] = [];
  readonly exportStatements: SyntaxNode[] = [];
  /** Modules named in import and export statements, in order. */
  readonly importedModules: string[] = [];
  readonly #scopes = new Map<number, Map<string, Binding>>();
  /** For each scope the one around it, and for each identifier the one it stands in: asking the tree is slow. */
  readonly #outerScopes = new Map<number, number>();
  readonly #scopeOfIdentifier = new Map<number, number>();
  readonly #assignments = new Map<string, SyntaxNode[]>();
  readonly #root: SyntaxNode;

  constructor(root: SyntaxNode) {
    this.#root = root;
    this.#walk();
  }

  get topLevel(): ReadonlyMap<string, Binding> {
    return this.#scopes.get(this.#root.id) ?? new Map<string, Binding>();
  }

  /** The binding that an identifier means, innermost scope first. */
  lookUp(identifier: SyntaxNode): Found | undefined {
    let scope = this.#scopeOfIdentifier.get(identifier.id);
    for (; scope !== undefined; scope = this.#outerScopes.get(scope)) {
      const binding = this.#scopes.get(scope)?.get(identifier.text);
      if (binding !== undefined) return { binding, topLevel: scope === this.#root.id };
    }
    return undefined;
  }

  /** The values assigned to a variable anywhere in the file. */
  assignmentsTo(name: string): readonly SyntaxNode[] {
    return this.#assignments.get(name) ?? [];
  }

  /** Uses a stack of its own: machine-made sources nest deeper than the call stack goes. */
  #walk(): void {
    const pending: { node: SyntaxNode; scope: number }[] = [{ node: this.#root, scope: this.#root.id }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, scope } = next;
      const { type } = node;
      this.#visit(node, type, scope);
      const inner = scopeTypes.has(type) ? node.id : scope;
      if (inner !== scope) this.#outerScopes.set(inner, scope);
      for (const child of [...childrenOf(node)].reverse()) pending.push({ node: child, scope: inner });
    }
  }

  #visit(node: SyntaxNode, type: string, scope: number): void {
    switch (type) {
      case 'identifier':
      case 'shorthand_property_identifier':
        this.#scopeOfIdentifier.set(node.id, scope);
        return;
      case 'call_expression':
        this.calls.push(node);
        return;
      case 'import_statement':
        this.#declareImports(node);
        return;
      case 'export_statement':
        this.#noteExport(node);
        return;
      case 'variable_declarator':
        this.#declareVariable(node, scope);
        return;
      case 'function_declaration':
      case 'generator_function_declaration':
        this.#declare(scope, node.childForFieldName('name')?.text, { kind: 'function' });
        return;
      case 'class_declaration':
      case 'abstract_class_declaration':
        this.#declare(scope, node.childForFieldName('name')?.text, { kind: 'opaque' });
        return;
      case 'enum_declaration':
        this.#declare(scope, node.childForFieldName('name')?.text, { kind: 'enum', node });
        return;
      case 'required_parameter':
      case 'optional_parameter':
        this.#declareParameter(node, scope);
        return;
      case 'assignment_expression':
        this.#noteAssignment(node);
        return;
      default:
        return;
    }
  }

  #declare(scope: number, name: string | undefined, binding: Binding): void {
    if (name === undefined) return;
    const names = this.#scopes.get(scope) ?? new Map<string, Binding>();
    names.set(name, binding);
    this.#scopes.set(scope, names);
  }

  #declareImports(statement: SyntaxNode): void {
    const source = statement.childForFieldName('source');
    if (source === null) return;
    const module = textOfString(source);
    this.importedModules.push(module);
    const clause = childrenOf(statement).find((child) => child.type === 'import_clause');
    for (const part of clause === undefined ? [] : childrenOf(clause)) {
      if (part.type === 'identifier') {
        this.#declare(this.#root.id, part.text, { kind: 'import', module, name: 'default' });
      } else if (part.type === 'namespace_import') {
        const local = childrenOf(part).find((child) => child.type === 'identifier');
        this.#declare(this.#root.id, local?.text, { kind: 'import', module, name: '*' });
      } else if (part.type === 'named_imports') {
        for (const specifier of childrenOf(part)) {
          const name = specifier.childForFieldName('name');
          const local = specifier.childForFieldName('alias') ?? name;
          if (name !== null) {
            this.#declare(this.#root.id, local?.text, { kind: 'import', module, name: plainName(name) });
          }
        }
      }
    }
  }

  #noteExport(statement: SyntaxNode): void {
    this.exportStatements.push(statement);
    const source = statement.childForFieldName('source');
    if (source !== null) this.importedModules.push(textOfString(source));
  }

  #declareVariable(declarator: SyntaxNode, scope: number): void {
    const target = declarator.childForFieldName('name');
    const value = declarator.childForFieldName('value');
    const type = declarator.childForFieldName('type') ?? undefined;
    if (target === null) return;
    if (target.type === 'identifier') {
      this.#declare(
        scope,
        target.text,
        value === null ? { kind: 'declared', type } : { kind: 'value', node: value, members: [] },
      );
    } else if (target.type === 'object_pattern' && value !== null) {
      for (const part of childrenOf(target)) this.#declareDestructured(part, value, scope);
    }
  }

  #declareDestructured(part: SyntaxNode, value: SyntaxNode, scope: number): void {
    if (part.type === 'shorthand_property_identifier_pattern') {
      this.#declare(scope, part.text, { kind: 'value', node: value, members: [part.text] });
    } else if (part.type === 'pair_pattern') {
      const key = part.childForFieldName('key');
      const local = part.childForFieldName('value');
      if (key !== null && local?.type === 'identifier') {
        this.#declare(scope, local.text, { kind: 'value', node: value, members: [plainName(key)] });
      }
    }
  }

  #declareParameter(parameter: SyntaxNode, scope: number): void {
    const pattern = parameter.childForFieldName('pattern');
    const type = parameter.childForFieldName('type') ?? undefined;
    if (pattern?.type === 'identifier') this.#declare(scope, pattern.text, { kind: 'declared', type });
  }

  #noteAssignment(assignment: SyntaxNode): void {
    const left = assignment.childForFieldName('left');
    const right = assignment.childForFieldName('right');
    if (left?.type !== 'identifier' || right === null) return;
    const values = this.#assignments.get(left.text) ?? [];
    values.push(right);
    this.#assignments.set(left.text, values);
  }
}

const scopeTypes: ReadonlySet<string> = new Set([
  'statement_block',
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
  'class_static_block',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'switch_body',
]);

/** A property or export name; quoted names lose their quotes. */
export function plainName(node: SyntaxNode): string {
  return node.type === 'string' ? textOfString(node) : node.text;
}
