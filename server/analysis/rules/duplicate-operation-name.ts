// Rule: duplicate-operation-name
//
// Two operations of one service have the same wire name, mostly because a name override was copied.
// The SDKs refuse such a service when it is declared: "Duplicate operation definition for name".
// Contracts in IDL are left to idl-duplicate-operation, which knows the keys.
import type { Operation } from '../contract-model.ts';
import type { Rule } from './rule.ts';

export const duplicateOperationName: Rule = {
  name: 'duplicate-operation-name',
  codes: ['duplicate-operation-name'],
  *check(model) {
    for (const service of model.services) {
      if (service.language === 'idl') continue;
      const taken = new Map<string, Operation>();
      for (const operation of service.operations) {
        const { wireName, place, codeName } = operation;
        if (wireName === undefined) continue;
        const first = taken.get(wireName);
        if (first === undefined) {
          taken.set(wireName, operation);
          continue;
        }
        yield {
          code: 'duplicate-operation-name',
          severity: 'error',
          place,
          message: `Operation "${codeName}" has the wire name "${wireName}", which "${first.codeName}" has already; give one of them another name.`,
          related: [{ place: first.place, message: `"${first.codeName}" has the wire name "${wireName}".` }],
        };
      }
    }
  },
};
