// Rules: idl-invalid-json-schema, idl-operation-io-not-object, idl-lang-ref-not-string, idl-unknown-lang-ref,
// idl-lang-ref-missing-fallback, idl-ref-siblings-ignored, idl-inline-type-name-clash, idl-duplicate-type-title
//
// Inputs, outputs and types are JSON Schema, plus hints that name an existing type of one language.
// What the generators do not understand they refuse, or, worse, turn into `any` without a word.
import { oneOf } from './nearest.ts';
import { idlProblemRule } from './rule.ts';

export const idlJsonSchema = idlProblemRule('idl-json-schema', {
  'idl-invalid-json-schema': ({ keyword, wanted, found }) => ({
    severity: 'error',
    message: `The value of "${keyword}" must be ${wanted}, but is ${found}; correct it.`,
  }),
  'idl-operation-io-not-object': ({ operation, side, found }) => ({
    severity: 'error',
    message: `The ${side} of operation "${operation}" is ${found}, but must be an object; wrap it in a type with one property.`,
  }),
  'idl-lang-ref-not-string': ({ key }) => ({
    severity: 'error',
    message: `"${key}" must be the name of a type, written as text; replace the value.`,
  }),
  'idl-unknown-lang-ref': ({ key, allowed }) => ({
    severity: 'warning',
    message: `"${key}" is no hint for any language and is ignored: expected ${oneOf(allowed)}; rename or remove it.`,
  }),
  'idl-lang-ref-missing-fallback': ({ key }) => ({
    severity: 'warning',
    message: `Only hints such as "${key}" say what this type is, so other languages get "any"; add a $ref or a schema beside it.`,
  }),
  'idl-ref-siblings-ignored': ({ key }) => ({
    severity: 'warning',
    message: `"${key}" is ignored because it stands beside a $ref; move it into the type that is referred to, or remove it.`,
  }),
  'idl-inline-type-name-clash': ({ typeName, first }) => ({
    severity: 'error',
    message: `The inline types of two operations would both be called "${typeName}"; rename one operation or give the schema a title.`,
    related: { range: first, message: `"${typeName}" is already made for this operation.` },
  }),
  'idl-duplicate-type-title': ({ title, first }) => ({
    severity: 'warning',
    message: `Two types have the title "${title}", and the generator gives both this one; change one title.`,
    related: { range: first, message: `The first type with the title "${title}".` },
  }),
});
