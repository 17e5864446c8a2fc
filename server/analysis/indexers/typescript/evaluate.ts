import {
  factIdOf,
  unknownExpression,
  type Expression,
  type HandlerForm,
  type RecordEntry,
} from '../../expression.ts';
import { childrenOf, type SyntaxNode } from '../../syntax-tree.ts';
import { plainName, type Binding, type Bindings } from './bindings.ts';
import { fieldOfThis } from './class-fields.ts';
import { callFormOf, handlerClassOf, workflowArgumentOf } from './sdk-forms.ts';
import { textOfString, unescape } from './string-literal.ts';

/** Aliases of aliases end somewhere; what nests deeper is left unknown. */
const depthMax = 40;

/** Turns syntax into expressions, as far as one file tells. */
export class Evaluator {
  readonly #bindings: Bindings;
  readonly #onTypedClient: (type: SyntaxNode) => Expression;
  /** What is used twice is understood once, or sums of sums would take forever. */
  readonly #known = new Map<number, Expression>();
  #depth = 0;

  /** `onTypedClient` declares the client that a type annotation `NexusServiceClient<…>` promises. */
  constructor(bindings: Bindings, onTypedClient: (type: SyntaxNode) => Expression) {
    this.#bindings = bindings;
    this.#onTypedClient = onTypedClient;
  }

  evaluate(node: SyntaxNode | null | undefined): Expression {
    if (node === null || node === undefined || this.#depth >= depthMax) return unknownExpression;
    const known = this.#known.get(node.id);
    if (known !== undefined) return known;
    this.#depth += 1;
    try {
      const expression = this.#evaluate(node);
      this.#known.set(node.id, expression);
      return expression;
    } finally {
      this.#depth -= 1;
    }
  }

  /** The meaning of a declaration, for the table of the file's top-level names. */
  ofBinding(binding: Binding, name: string): Expression {
    switch (binding.kind) {
      case 'import':
        return { kind: 'import', module: binding.module, name: binding.name };
      case 'value':
        return this.#ofValue(binding.node, binding.members, name);
      case 'enum':
        return this.#enumeration(binding.node);
      case 'function':
        return { kind: 'handler', form: 'sync', starts: undefined };
      case 'declared':
        return this.#ofDeclared(binding.type, name);
      case 'opaque':
        return unknownExpression;
    }
  }

  /** What a call or `new` is made of, with the file's own aliases seen through. */
  calleeOf(call: SyntaxNode): Expression {
    const callee = call.childForFieldName('function') ?? call.childForFieldName('constructor');
    return this.#unaliased(this.evaluate(callee), depthMax);
  }

  /** Sees through at most `steps` names, for aliases may run in a circle. */
  #unaliased(expression: Expression, steps: number): Expression {
    if (steps === 0) return expression;
    if (expression.kind === 'member') {
      return memberOf(this.#unaliased(expression.of, steps - 1), expression.name);
    }
    const binding = expression.kind === 'name' ? this.#bindings.topLevel.get(expression.name) : undefined;
    if (binding === undefined || expression.kind !== 'name') return expression;
    return this.#unaliased(this.ofBinding(binding, expression.name), steps - 1);
  }

  #evaluate(node: SyntaxNode): Expression {
    switch (node.type) {
      case 'string':
        return { kind: 'text', value: textOfString(node) };
      case 'template_string':
        return this.#template(node);
      case 'binary_expression':
        return this.#concatenation(node);
      case 'identifier':
      case 'shorthand_property_identifier':
        return this.#identifier(node);
      case 'member_expression':
        return this.#member(node);
      case 'subscript_expression':
        return this.#subscript(node);
      case 'object':
        return this.#record(node);
      case 'array':
        return this.#list(node);
      case 'call_expression':
        return this.#call(node);
      case 'new_expression':
        return this.#construction(node);
      case 'arrow_function':
      case 'function_expression':
      case 'generator_function':
        return { kind: 'handler', form: 'sync', starts: undefined };
      case 'parenthesized_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
      case 'await_expression':
        return this.evaluate(childrenOf(node)[0]);
      case 'type_assertion':
        return this.evaluate(childrenOf(node).at(-1));
      default:
        return unknownExpression;
    }
  }

  #template(node: SyntaxNode): Expression {
    const parts = childrenOf(node).map((part): Expression => {
      if (part.type === 'template_substitution') return this.evaluate(childrenOf(part)[0]);
      return { kind: 'text', value: part.type === 'escape_sequence' ? unescape(part.text) : part.text };
    });
    return parts.length === 0 ? { kind: 'text', value: '' } : { kind: 'concatenation', parts };
  }

  #concatenation(node: SyntaxNode): Expression {
    if (node.childForFieldName('operator')?.type !== '+') return unknownExpression;
    const parts = [node.childForFieldName('left'), node.childForFieldName('right')];
    return { kind: 'concatenation', parts: parts.map((part) => this.evaluate(part)) };
  }

  #identifier(node: SyntaxNode): Expression {
    const found = this.#bindings.lookUp(node);
    if (found === undefined) return { kind: 'name', name: node.text };
    if (found.topLevel && found.binding.kind !== 'import') return { kind: 'name', name: node.text };
    return this.ofBinding(found.binding, node.text);
  }

  #ofValue(node: SyntaxNode, members: readonly string[], name: string): Expression {
    // A variable that is given another value later may hold either.
    if (this.#bindings.assignmentsTo(name).length > 0) return unknownExpression;
    return members.reduce<Expression>((of, member) => memberOf(of, member), this.evaluate(node));
  }

  #ofDeclared(type: SyntaxNode | undefined, name: string): Expression {
    const [only, ...others] = this.#bindings.assignmentsTo(name);
    if (only !== undefined && others.length === 0) return this.evaluate(only);
    return type === undefined ? unknownExpression : this.#onTypedClient(type);
  }

  #member(node: SyntaxNode): Expression {
    const object = node.childForFieldName('object');
    const property = node.childForFieldName('property');
    if (object === null || property === null) return unknownExpression;
    if (object.type === 'this') {
      const field = fieldOfThis(node, plainName(property));
      if (field === undefined) return unknownExpression;
      return field.value === undefined ? this.#onTypedClient(field.type) : this.evaluate(field.value);
    }
    return memberOf(this.evaluate(object), plainName(property));
  }

  #subscript(node: SyntaxNode): Expression {
    const index = node.childForFieldName('index');
    const key = index === null ? unknownExpression : this.evaluate(index);
    return key.kind === 'text'
      ? memberOf(this.evaluate(node.childForFieldName('object')), key.value)
      : unknownExpression;
  }

  #record(node: SyntaxNode): Expression {
    const entries: RecordEntry[] = [];
    const spreads: Expression[] = [];
    let complete = true;
    for (const part of childrenOf(node)) {
      if (part.type === 'spread_element') {
        spreads.push(this.evaluate(childrenOf(part)[0]));
        continue;
      }
      const entry = this.#entry(part);
      if (entry === undefined) complete = false;
      else entries.push(entry);
    }
    return { kind: 'record', entries, spreads, complete };
  }

  #entry(part: SyntaxNode): RecordEntry | undefined {
    const shorthand = part.type === 'shorthand_property_identifier';
    const key = shorthand ? part : (part.childForFieldName('key') ?? part.childForFieldName('name'));
    if (key === null || key.type === 'computed_property_name') return undefined;
    return {
      name: plainName(key),
      nameRange: { start: key.startIndex, end: key.endIndex },
      value: this.#entryValue(part, shorthand),
    };
  }

  #entryValue(part: SyntaxNode, shorthand: boolean): Expression {
    if (part.type === 'method_definition') return { kind: 'handler', form: 'sync', starts: undefined };
    return this.evaluate(shorthand ? part : part.childForFieldName('value'));
  }

  #list(node: SyntaxNode): Expression {
    const parts = childrenOf(node);
    const items = parts.filter((part) => part.type !== 'spread_element').map((part) => this.evaluate(part));
    return { kind: 'list', items, complete: items.length === parts.length };
  }

  #enumeration(node: SyntaxNode): Expression {
    const body = node.childForFieldName('body');
    const entries: RecordEntry[] = [];
    for (const part of body === null ? [] : childrenOf(body)) {
      const name = part.childForFieldName('name');
      if (part.type !== 'enum_assignment' || name === null) continue;
      entries.push({
        name: plainName(name),
        nameRange: { start: name.startIndex, end: name.endIndex },
        value: this.evaluate(part.childForFieldName('value')),
      });
    }
    return { kind: 'record', entries, spreads: [], complete: true };
  }

  #call(node: SyntaxNode): Expression {
    const [first] = argumentsOf(node);
    switch (callFormOf(this.calleeOf(node))) {
      case 'service':
      case 'handler-set':
      case 'workflow-client':
      case 'standalone-client':
        return { kind: 'fact', id: factIdOf({ start: node.startIndex, end: node.endIndex }) };
      case 'operation':
        return {
          kind: 'operation',
          wireName: first === undefined ? undefined : memberOf(this.evaluate(first), 'name'),
          otherWireName: undefined,
        };
      case 'require': {
        const module = this.evaluate(first);
        return module.kind === 'text'
          ? { kind: 'import', module: module.value, name: '*' }
          : unknownExpression;
      }
      case 'worker':
      case 'operation-call':
      case 'other':
        return isFreeze(node) ? this.evaluate(first) : unknownExpression;
    }
  }

  #construction(node: SyntaxNode): Expression {
    const form: HandlerForm = handlerClassOf(this.calleeOf(node)) ?? 'custom';
    return { kind: 'handler', form, starts: form === 'custom' ? undefined : this.#startedWorkflow(node) };
  }

  /** The workflow that the first start call within a handler names. */
  #startedWorkflow(handler: SyntaxNode): Expression | undefined {
    for (const call of this.#bindings.calls) {
      if (call.startIndex < handler.startIndex || call.endIndex > handler.endIndex) continue;
      const argument = workflowArgumentOf(this.calleeOf(call));
      if (argument !== undefined) return this.evaluate(argumentsOf(call)[argument]);
    }
    return undefined;
  }
}

/** The member of an expression; a namespace's member is that module's export. */
export function memberOf(of: Expression, name: string): Expression {
  if (of.kind === 'import' && of.name === '*') return { kind: 'import', module: of.module, name };
  return { kind: 'member', of, name };
}

export function argumentsOf(call: SyntaxNode): readonly SyntaxNode[] {
  const list = call.childForFieldName('arguments');
  return list === null ? [] : childrenOf(list);
}

function isFreeze(call: SyntaxNode): boolean {
  return call.childForFieldName('function')?.text === 'Object.freeze';
}
