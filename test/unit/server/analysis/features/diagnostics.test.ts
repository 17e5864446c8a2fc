import { expect, test } from 'vitest';
import { neverCancelled } from '../../../../../server/analysis/cancellation.ts';
import { diagnostics } from '../../../../../server/analysis/features/diagnostics.ts';
import { allRules } from '../../../../../server/analysis/rules/all.ts';
import type { Rule } from '../../../../../server/analysis/rules/rule.ts';
import { openFixture, uriOf } from '../../../../harness/fixture.ts';
import { sweepCancellation } from '../../sweep-cancellation.ts';

const fixture = `
--- a.nexusrpc.yaml
nexusrpc: 3.0.0
services:
  S: { operations: { a: , b: { request: {} } } }
`;

const codes = ['idl-unsupported-version', 'idl-null-operation', 'idl-unknown-key'];

test('findings stand in the order of the text', async () => {
  const { index } = await openFixture(fixture);
  const found = diagnostics(await index.model(), allRules, () => undefined, neverCancelled);
  expect(found.get(uriOf('a.nexusrpc.yaml'))?.map(({ code }) => code)).toEqual(codes);
});

test('a rule that throws costs only its own answer', async () => {
  const broken: Rule = {
    name: 'broken',
    codes: ['broken'],
    check: () => {
      throw new Error('out of order');
    },
  };
  const { index } = await openFixture(fixture);
  const failures: [string, unknown][] = [];
  const found = diagnostics(
    await index.model(),
    [broken, ...allRules],
    (rule, failure) => failures.push([rule.name, failure]),
    neverCancelled,
  );
  expect(found.get(uriOf('a.nexusrpc.yaml'))?.map(({ code }) => code)).toEqual(codes);
  expect(failures).toEqual([['broken', new Error('out of order')]]);
});

test('diagnostics are safe to cancel at any point', async () => {
  const { index } = await openFixture(fixture);
  const model = await index.model();
  await sweepCancellation(
    (token) => diagnostics(model, allRules, () => undefined, token),
    (cancelled) => expect(cancelled.size).toBe(0),
    (finished) => expect(finished.get(uriOf('a.nexusrpc.yaml'))).toHaveLength(3),
  );
});
