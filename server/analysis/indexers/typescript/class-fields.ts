import { childrenOf, type SyntaxNode } from '../../syntax-tree.ts';
import { plainName } from './bindings.ts';

/** What a class says about one of its fields: the value it starts with, or else its declared type. */
export type Field =
  | { readonly value: SyntaxNode; readonly type?: never }
  | { readonly value: undefined; readonly type: SyntaxNode };

/** The field that `this.<name>` means, seen from inside a class. */
export function fieldOfThis(from: SyntaxNode, name: string): Field | undefined {
  const body = enclosingClassBody(from);
  if (body === undefined) return undefined;
  const members = childrenOf(body);
  const field = members.find((member) => fieldTypes.has(member.type) && nameOf(member) === name);
  const constructor = members.find(
    (member) => member.type === 'method_definition' && nameOf(member) === 'constructor',
  );
  const value = field?.childForFieldName('value') ?? assignedInConstructor(constructor, name);
  if (value !== undefined) return { value };
  const type = field?.childForFieldName('type') ?? parameterProperty(constructor, name);
  return type === undefined ? undefined : { value: undefined, type };
}

const fieldTypes: ReadonlySet<string> = new Set(['public_field_definition', 'field_definition']);

function nameOf(member: SyntaxNode): string | undefined {
  const name = member.childForFieldName('name') ?? member.childForFieldName('property');
  return name === null ? undefined : plainName(name);
}

function enclosingClassBody(from: SyntaxNode): SyntaxNode | undefined {
  for (let node = from.parent; node !== null; node = node.parent) {
    if (node.type === 'class_body') return node;
  }
  return undefined;
}

function assignedInConstructor(constructor: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  const body = constructor?.childForFieldName('body');
  for (const statement of body === null || body === undefined ? [] : childrenOf(body)) {
    const assignment = statement.type === 'expression_statement' ? childrenOf(statement)[0] : undefined;
    if (assignment?.type !== 'assignment_expression') continue;
    const left = assignment.childForFieldName('left');
    const property = left?.childForFieldName('property');
    if (left?.childForFieldName('object')?.type !== 'this' || property?.text !== name) continue;
    return assignment.childForFieldName('right') ?? undefined;
  }
  return undefined;
}

/** A parameter with an accessibility modifier declares a field of its name. */
function parameterProperty(constructor: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  const parameters = constructor?.childForFieldName('parameters');
  for (const parameter of parameters === null || parameters === undefined ? [] : childrenOf(parameters)) {
    const isProperty = childrenOf(parameter).some((child) => child.type === 'accessibility_modifier');
    if (isProperty && parameter.childForFieldName('pattern')?.text === name) {
      return parameter.childForFieldName('type') ?? undefined;
    }
  }
  return undefined;
}
