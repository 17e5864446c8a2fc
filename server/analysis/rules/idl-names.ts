// Rules: idl-empty-name, idl-service-name-pattern, idl-operation-name-pattern
//
// Names of services and operations go over the wire and into generated code.
// An empty one crashes the generator or the worker that registers it; nexgen also prescribes the letters.
import { idlProblemRule } from './rule.ts';

export const idlNames = idlProblemRule('idl-names', {
  'idl-empty-name': ({ what }) => ({
    severity: 'error',
    message: `The name of this ${what} is empty; give it a name of at least one letter.`,
  }),
  'idl-service-name-pattern': ({ name }) => ({
    severity: 'error',
    message: `Service name "${name}" must start with a capital letter, followed by at least one letter or digit and nothing else; rename it.`,
  }),
  'idl-operation-name-pattern': ({ name }) => ({
    severity: 'error',
    message: `Operation name "${name}" must start with a small letter, followed by at least one letter or digit and nothing else; rename it.`,
  }),
});
