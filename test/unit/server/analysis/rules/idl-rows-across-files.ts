import { genHead, type IdlRow } from './idl-row.ts';

/** Contracts that are wrong only together. */
export const acrossFilesRows: readonly IdlRow[] = [
  {
    name: 'one service in two files',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S: { operations: { a: {} } }
  ^ idl-duplicate-across-files
--- b/b.nexusrpc.yaml
${genHead}
services:
  S: { operations: { b: {} } }
  ^ idl-duplicate-across-files`,
  },
  {
    name: 'one type in two files of a directory',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { A: { operations: { a: {} } } }
types:
  T: { type: object }
  ^ idl-duplicate-across-files
--- b.nexusrpc.yaml
${genHead}
services: { B: { operations: { b: {} } } }
types:
  T: { type: object }
  ^ idl-duplicate-across-files`,
  },
];
