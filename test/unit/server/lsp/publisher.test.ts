import { expect, test } from 'vitest';
import { allRules } from '../../../../server/analysis/rules/all.ts';
import type { Rule } from '../../../../server/analysis/rules/rule.ts';
import { OnceLog } from '../../../../server/lsp/once-log.ts';
import { Publisher } from '../../../../server/lsp/publisher.ts';
import { openFixture, pathOf, uriOf, type OpenedFixture } from '../../../harness/fixture.ts';

const fixture = `
--- a.nexusrpc.yaml
nexusrpc: 1.0.0
services: { S: { operations: { a: {} } } }
--- b.nexusrpc.yaml
nexusrpc: 1.0.0
services: { S: { operations: { b: {} } } }
`;

/** A publisher over a fixture, and what it sent: `path: codes`. */
function publisherOf({ index }: OpenedFixture, rules: readonly Rule[] = allRules) {
  const sent: string[] = [];
  const logged: string[] = [];
  const publisher = new Publisher({
    index,
    rules,
    lookup: { document: (uri) => index.document(uri), clientUri: (uri) => uri },
    log: new OnceLog((message) => logged.push(message)),
    send: (uri, diagnostics) =>
      sent.push(`${pathOf(uri)}: ${diagnostics.map(({ code }) => String(code)).join(' ')}`),
  });
  return { publisher, sent, logged };
}

const clash = ['a.nexusrpc.yaml: idl-duplicate-across-files', 'b.nexusrpc.yaml: idl-duplicate-across-files'];

test('findings are sent once, and again only when they change', async () => {
  const opened = await openFixture(fixture);
  const { publisher, sent } = publisherOf(opened);
  await publisher.refresh();
  await publisher.refresh();
  expect(sent).toEqual(clash);
});

test('a change in one file clears the finding in the other', async () => {
  const opened = await openFixture(fixture);
  const { publisher, sent } = publisherOf(opened);
  await publisher.refresh();
  opened.workspace.remove(uriOf('b.nexusrpc.yaml'));
  await opened.index.update([uriOf('b.nexusrpc.yaml')]);
  await publisher.refresh();
  expect(sent.slice(2).sort()).toEqual(['a.nexusrpc.yaml: ', 'b.nexusrpc.yaml: ']);
});

test('announcements made while publishing are answered together', async () => {
  const opened = await openFixture(fixture);
  const { publisher, sent } = publisherOf(opened);
  const first = publisher.refresh();
  await Promise.all([first, publisher.refresh(), publisher.refresh()]);
  expect(sent).toEqual(clash);
});

test('a rule that throws is logged once and hides nothing else', async () => {
  const broken: Rule = {
    name: 'broken',
    codes: ['broken'],
    check: () => {
      throw new Error('out of order');
    },
  };
  const { publisher, sent, logged } = publisherOf(await openFixture(fixture), [broken, ...allRules]);
  await publisher.refresh();
  await publisher.refresh();
  expect(sent).toEqual(clash);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/^Rule broken failed: out of order/);
});
