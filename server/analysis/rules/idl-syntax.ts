// Rules: idl-yaml-syntax, idl-empty-document, idl-multi-document
//
// The document cannot be read as one YAML document.
// The generators stop at the first such place and print "Failed to parse 1 file(s)" without saying where.
import { idlProblemRule } from './rule.ts';

export const idlSyntax = idlProblemRule('idl-syntax', {
  'idl-yaml-syntax': ({ detail }) => ({
    severity: 'error',
    message: `This is not valid YAML: ${detail}; correct it, for no generator reads the file before.`,
  }),
  'idl-empty-document': () => ({
    severity: 'error',
    message:
      'The document is empty; a Nexus contract starts with "nexusrpc: 1.0.0", followed by "services:".',
  }),
  'idl-multi-document': () => ({
    severity: 'error',
    message:
      'A second YAML document starts here; a contract is one document, so move this part to a file of its own.',
  }),
});
