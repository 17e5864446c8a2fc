import { genHead, type IdlRow } from './idl-row.ts';

/** Contracts whose text makes columns hard to count. */
export const positionRows: readonly IdlRow[] = [
  {
    name: 'columns behind an emoji count UTF-16 code units',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { description: '😀😀', operations: { a: { inptu: { type: object } } } } }
                                                         ^^^^^ idl-unknown-key`,
  },
  {
    name: 'lines that end with carriage return and line feed',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: 1.0.0\r
services: { S: { operations: { a: { inptu: { type: object } } } } }\r
                                    ^^^^^ idl-unknown-key
types: {}`,
  },
];
