import { genHead, type IdlRow } from './idl-row.ts';

/** Contracts that must stay without findings. */
export const validRows: readonly IdlRow[] = [
  {
    name: 'a small contract of nexus-rpc-gen',
    fixture: `
--- shipping.nexusrpc.yaml
# yaml-language-server: $schema=nexus-rpc-gen.json
nexusrpc: 1.0.0
services:
  ShippingService:
    description: Quotes and books parcel shipments.
    operations:
      quote:
        input: { $ref: '#/types/QuoteInput' }
        output: { $ref: './common.yaml#/Price' }
      book-shipment: { input: { $ref: '#/types/BookInput' } }
      ping: {}
types:
  QuoteInput: { type: object, additionalProperties: false, properties: { grams: { type: integer } }, required: [grams] }
  BookInput: { type: object, additionalProperties: false, properties: { quoteId: { type: string } } }
--- common.yaml
Price: { type: object, properties: { cents: { type: integer } } }`,
  },
  {
    name: 'a small contract of nexgen',
    fixture: `
--- parcel.nexusrpc.yaml
nexusrpc: "1.0.0"
$schema: https://json-schema.org/draft/2020-12/schema
description: Parcels.
services:
  ParcelService:
    fqn: acme.parcels.v1
    x-go-name: Parcels
    endpoint: parcels
    operations:
      sendIt: { input: { $ref: '#/$defs/Parcel' }, output: { $ref: 'common.json' } }
$defs:
  Parcel: { type: object, properties: { to: { $ref: 'common.json#/$defs/Address' } } }
--- common.json
{ "type": "object", "$defs": { "Address": { "type": "object" } } }`,
  },
  {
    name: 'anchors and aliases',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      a: { input: &shared { title: Shared, type: object } }
      b: { input: *shared }`,
  },
  {
    name: 'JSON in YAML',
    fixture: `
--- a.nexusrpc.json
{ "nexusrpc": "1.0.0", "services": { "S": { "operations": { "a": { "input": { "type": "object" } } } } } }`,
  },
  {
    name: 'the same type in two directories',
    fixture: `
--- a/a.nexusrpc.yaml
${genHead}
services: { A: { operations: { a: {} } } }
types: { T: { type: object } }
--- b/b.nexusrpc.yaml
${genHead}
services: { B: { operations: { b: {} } } }
types: { T: { type: object } }`,
  },
  {
    name: 'one service in both dialects, while a project moves',
    fixture: `
--- old.nexusrpc.yaml
${genHead}
services: { Svc: { operations: { sendIt: {} } } }
types: { A: { type: object } }
--- new.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { sendIt: {} } } }
$defs: { B: { type: object } }`,
  },
  {
    name: 'hints for all five languages need no fallback',
    fixture: `
--- a.nexusrpc.yaml
${genHead}
services:
  S:
    operations:
      a: { input: { $goRef: p.T, $javaRef: p.T, $pyRef: p.T, $csharpRef: P.T, $tsRef: './t.js#T' } }`,
  },
  {
    name: 'files with other names are not contracts',
    fixture: `
--- compose.yaml
services: [a, a, a]
--- package.json
{ "nexusrpc": 5 }`,
  },
  {
    name: 'nexgen: one type in two files of a directory',
    fixture: `
--- a.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Svc: { operations: { ping: {} } } }
$defs: { Labels: { type: object } }
--- b.nexusrpc.yaml
nexusrpc: "1.0.0"
services: { Other: { operations: { ping: {} } } }
$defs: { Labels: { type: object } }`,
  },
];
