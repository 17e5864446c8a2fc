import type { IdlRow } from './idl-row.ts';

/** Contracts that nexgen refuses, or accepts and gets wrong. */
export const nexgenRows: readonly IdlRow[] = [
  {
    name: 'nexgen: version 1.1.0',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.1.0"
          ^^^^^^^ idl-unsupported-version
services: { Svc: { operations: { sendIt: {} } } }
$defs: { T: { type: object } }`,
  },
  {
    name: 'nexgen: draft-07',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
$schema: http://json-schema.org/draft-07/schema#
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ idl-wrong-schema-uri
services: { Svc: { operations: { sendIt: {} } } }`,
  },
  {
    name: 'nexgen: service key in lower case',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services:
  parcelService: { operations: { sendIt: {} } }
  ^^^^^^^^^^^^^ idl-service-name-pattern
$defs: {}`,
  },
  {
    name: 'nexgen: operation key in upper case',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: {
  SendIt: {} } } }
  ^^^^^^ idl-operation-name-pattern
$defs: {}`,
  },
  {
    name: 'nexgen: no operations',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services:
  Svc: { operations: {} }
  ^^^ idl-service-without-operations
$defs: {}`,
  },
  {
    name: 'nexgen: scalar output',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { ping: {
  output: { $ref: '#/$defs/Word' } } } } }
  ^^^^^^ idl-operation-io-not-object
$defs: { Word: { type: string } }`,
  },
  {
    name: 'nexgen: the root is a model',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { ping: {} } } }
type: object
^^^^ idl-envelope-root-model
$defs: {}`,
  },
  {
    name: 'nexgen: services without a version',
    fixture: `
--- a.nexusrpc.yaml
$schema: https://json-schema.org/draft/2020-12/schema
services: { Svc: { operations: { ping: {} } } }
^^^^^^^^ idl-missing-version`,
  },
  {
    name: "nexgen: $ref in the other generator's dialect",
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { ping: {
  input: { $ref: '#/types/X' } } } } }
                 ^^^^^^^^^^^ idl-unresolved-ref
$defs: { X: { type: object } }`,
  },
  {
    name: 'nexgen: misspelt input',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { ping: {
  inputs: { type: object } } } } }
  ^^^^^^ idl-unknown-key
$defs: {}`,
  },
];
