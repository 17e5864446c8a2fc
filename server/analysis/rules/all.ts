import { duplicateOperationName } from './duplicate-operation-name.ts';
import { idlDuplicates } from './idl-duplicates.ts';
import { idlJsonSchema } from './idl-json-schema.ts';
import { idlNames } from './idl-names.ts';
import { idlReferences } from './idl-references.ts';
import { idlShape } from './idl-shape.ts';
import { idlSyntax } from './idl-syntax.ts';
import { idlVersion } from './idl-version.ts';
import type { Rule } from './rule.ts';

/** Every rule there is. Adding one touches its file, this list and its test. */
export const allRules: readonly Rule[] = [
  idlSyntax,
  idlVersion,
  idlShape,
  idlNames,
  idlJsonSchema,
  idlDuplicates,
  idlReferences,
  duplicateOperationName,
];
