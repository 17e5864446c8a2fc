import { genHead, type IdlRow } from './idl-row.ts';

/** Contracts that nexus-rpc-gen refuses, or accepts and gets wrong. */
export const nexusRpcGenRows: readonly IdlRow[] = [
  { name: 'empty file', fixture: `--- a.nexusrpc.yaml\n\n| idl-empty-document` },
  { name: 'only a comment', fixture: `--- a.nexusrpc.yaml\n# later\n| idl-empty-document` },
  {
    name: 'no nexusrpc',
    fixture: `
--- a.nexusrpc.yaml
services:
^^^^^^^^ idl-missing-version
  S: { operations: { a: {} } }`,
  },
  {
    name: 'version is a number',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: 1.0
          ^^^ idl-version-not-string
services: { S: { operations: { a: {} } } }`,
  },
  {
    name: 'version 2',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: 2.0.0
          ^^^^^ idl-unsupported-version
services: { S: { operations: { a: {} } } }`,
  },
  {
    name: 'service instead of services',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
service:
^^^^^^^ idl-unknown-key
  S: { operations: { a: {} } }`,
  },
  {
    name: 'service without operations',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S: { description: Nothing yet. }
  ^ idl-service-without-operations`,
  },
  {
    name: 'services is a list',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  - name: S
  ^^^^^^ idl-wrong-node-kind
    operations: {}`,
  },
  {
    name: 'operations is a list',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      - name: a
      ^^^^^^ idl-wrong-node-kind`,
  },
  {
    name: 'endpoint on a service',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    endpoint: here
    ^^^^^^^^ idl-unknown-key
    operations: { a: {} }`,
  },
  {
    name: 'request on an operation',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      a:
        request: { type: object }
        ^^^^^^^ idl-unknown-key`,
  },
  {
    name: 'operation with no value',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      a:
      ^ idl-null-operation`,
  },
  {
    name: 'input is a plain name',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: MyType } }
                              ^^^^^^ idl-wrong-node-kind`,
  },
  {
    name: '$ref to a missing type',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: '#/types/Nope' } } }
                                      ^^^^^^^^^^^^^^ idl-unresolved-ref
types: { Other: { type: object } }`,
  },
  {
    name: '$ref to a missing file',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: './nope.yaml#/Foo' } } }
                                      ^^^^^^^^^^^^^^^^^^ idl-ref-file-not-found`,
  },
  {
    name: 'the file exists, the pointer does not',
    fixture: `
--- invalid/a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: '../valid/common.yaml#/Nope' } } }
                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ idl-unresolved-ref
--- valid/common.yaml
Price: { type: object }`,
  },
  {
    name: 'misspelt type keyword',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { type: strng } } }
                                      ^^^^^ idl-invalid-json-schema`,
  },
  {
    name: 'required is no list',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: {} } } }
types:
  T:
    type: object
    required: name
              ^^^^ idl-invalid-json-schema`,
  },
  {
    name: 'duplicate operation',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      a: {}
      a: {}
      ^ idl-duplicate-operation`,
  },
  {
    name: 'duplicate service',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S: { operations: { a: {} } }
  S: { operations: { b: {} } }
  ^ idl-duplicate-service`,
  },
  {
    name: 'duplicate key elsewhere',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: {} } } }
types:
  T: { type: object }
  T: { type: object }
  ^ idl-yaml-syntax`,
  },
  {
    name: 'tab as indentation',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
\tS:
^ idl-yaml-syntax
    operations: { a: {} }`,
  },
  {
    name: 'unclosed flow map',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: {} } }
          ^ idl-yaml-syntax
types:
  T: { type: object }`,
  },
  {
    name: 'language hint is no text',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { type: object, $typescriptRef: [X] } } }
                                                              ^^^ idl-lang-ref-not-string`,
  },
  {
    name: 'only one language has a type',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $goRef: example.com/p.T } } }
                                ^^^^^^ idl-lang-ref-missing-fallback`,
  },
  {
    name: 'description is a number',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S: { description: 5, operations: { a: {} } }
                    ^ idl-wrong-node-kind`,
  },
  {
    name: 'inline types of one name',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      doIt: { input: { type: object } }
      DoIt: { input: { type: object } }
      ^^^^ idl-inline-type-name-clash`,
  },
  {
    name: 'remote $ref',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: 'https://example.com/t.json#/T' } } }
                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ idl-remote-ref`,
  },
  {
    name: 'two documents',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: {} } } }
---
^^^ idl-multi-document
nexusrpc: 1.0.0`,
  },
  {
    name: 'empty operation name',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      '': {}
      ^^ idl-empty-name`,
  },
  {
    name: 'empty service name',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  '': { operations: { a: {} } }
  ^^ idl-empty-name`,
  },
  {
    name: '$ref with siblings',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: '#/types/T', description: Lost } } }
                                                   ^^^^^^^^^^^ idl-ref-siblings-ignored
types: { T: { type: object } }`,
  },
  {
    name: 'unknown language hint',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { output: { $dotnetRef: N.T } } }
                                 ^^^^^^^^^^ idl-unknown-lang-ref`,
  },
  {
    name: 'only types',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: 1.0.0
^^^^^^^^ idl-no-services
types: { T: { type: object } }`,
  },
  {
    name: 'two types with one title',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: {} } } }
types:
  A: { type: object, title: Same }
  B: { type: object, title: Same }
                            ^^^^ idl-duplicate-type-title`,
  },
  {
    name: '$ref into services',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations: { a: { input: { $ref: '#/services/S' } } }
                                      ^^^^^^^^^^^^^^ idl-unresolved-ref`,
  },
  {
    name: 'empty $ref',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: { input: { $ref: '' } } } } }
                                                   ^^ idl-empty-ref`,
  },
  {
    name: 'input without a value',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: { input: } } } }
                                    ^^^^^ idl-wrong-node-kind`,
  },
  {
    name: 'input: true',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services: { S: { operations: { a: { input: true } } } }
                                           ^^^^ idl-wrong-node-kind`,
  },
  {
    name: 'no operations, which the generator accepts and Java and .NET refuse',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S: { operations: {} }
  ^ idl-service-without-operations`,
  },
];
