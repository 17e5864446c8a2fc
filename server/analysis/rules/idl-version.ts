// Rules: idl-missing-version, idl-version-not-string, idl-unsupported-version
//
// The key `nexusrpc` says which version of the format a contract is written in, and makes it a contract.
// nexus-rpc-gen accepts 1.x.y, nexgen exactly "1.0.0". `1.0` is a number to YAML, and both refuse numbers.
import { idlProblemRule } from './rule.ts';

export const idlVersion = idlProblemRule('idl-version', {
  'idl-missing-version': () => ({
    severity: 'error',
    message: 'The contract does not say its format version; add the line "nexusrpc: 1.0.0" at the top.',
  }),
  'idl-version-not-string': ({ found, wanted }) => ({
    severity: 'error',
    message: `The format version is ${found}, but must be text with three numbers; write ${wanted}.`,
  }),
  'idl-unsupported-version': ({ found, wanted }) => ({
    severity: 'error',
    message: `The format version "${found}" is not supported; write ${wanted}.`,
  }),
});
