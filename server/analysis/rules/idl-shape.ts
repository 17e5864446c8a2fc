// Rules: idl-unknown-key, idl-wrong-node-kind, idl-null-operation, idl-service-without-operations,
// idl-no-services, idl-wrong-schema-uri, idl-envelope-root-model
//
// The document is YAML, but not the shape of a contract: services, their operations, inputs and outputs.
// nexus-rpc-gen refuses unknown keys. nexgen ignores them, which is worse: `inputs:` makes a void operation.
import { oneOf, renameAdvice } from './nearest.ts';
import { idlProblemRule } from './rule.ts';

export const idlShape = idlProblemRule('idl-shape', {
  'idl-unknown-key': ({ key, owner, allowed, ignored }) => ({
    severity: ignored ? 'warning' : 'error',
    message:
      `Unknown key "${key}" in ${owner}${ignored ? ', which nexgen ignores' : ''}: ` +
      `expected ${oneOf(allowed)}; ${renameAdvice(key, allowed)}.`,
  }),
  'idl-wrong-node-kind': ({ owner, wanted, found }) => ({
    severity: 'error',
    message: `${capitalised(owner)} must be ${wanted}, but is ${found}; write ${examples[wanted]}.`,
  }),
  'idl-null-operation': ({ operation }) => ({
    severity: 'error',
    message: `Operation "${operation}" has no value; write {} for an operation without input and output.`,
  }),
  'idl-service-without-operations': ({ service, accepted }) => ({
    severity: accepted ? 'warning' : 'error',
    message: `Service "${service}" has no operations${accepted ? ', which Java and .NET refuse at start' : ''}; add at least one under "operations:".`,
  }),
  'idl-no-services': () => ({
    severity: 'information',
    message:
      'The contract declares no services, so nothing callable is generated from it; add "services:" if that is not meant.',
  }),
  'idl-wrong-schema-uri': ({ found }) => ({
    severity: 'error',
    message: `"$schema" is ${found}; nexgen reads only https://json-schema.org/draft/2020-12/schema, so write that or remove the key.`,
  }),
  'idl-envelope-root-model': ({ key }) => ({
    severity: 'error',
    message: `The root of a contract is no model, so "${key}" is not allowed here; move the model into "$defs".`,
  }),
});

const examples = {
  'a map': 'keys with values below it, such as "name: { … }"',
  'a schema': 'a map such as { type: object } or { $ref: … }',
  text: 'text, in quotes if it looks like a number',
} as const;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
