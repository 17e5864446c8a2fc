import { expect, test } from 'vitest';
import { expectDefined } from '../../../../simulator/base/assert.ts';
import { renderHistories } from '../../../../simulator/cli/render-histories.ts';
import { noColours } from '../../../../simulator/cli/palette.ts';
import { readExported } from '../../../../simulator/cluster/history-json.ts';
import { absentRuns, joinExported, type ExportedFile } from '../../../../simulator/cluster/history-set.ts';
import { spansOf } from '../../../../simulator/spans/histories.ts';
import { recorded } from '../../../harness/exported-history.ts';

function file(name: string, text = recorded(name)): ExportedFile {
  const content = readExported(text);
  if (!content.ok) throw new Error(content.error);
  return { name: `${name}.json`, content: content.value };
}

const all = ['place-order', 'pack', 'charge-1', 'charge-2', 'hold'].map((name) => file(name));

const terminal = { palette: noColours, width: 120, out: () => undefined, error: () => undefined };

test('a recorded order with its child, its bank and a cancelled hold', async () => {
  const histories = joinExported(all);
  const text = renderHistories({ histories, notes: absentRuns(histories) }, 'text', terminal);
  await expect(text).toMatchFileSnapshot('../../../goldens/recorded-order.txt');
});

test('links tell the namespaces, in whatever order the files come', () => {
  for (const files of [all, all.toReversed()]) {
    const found = joinExported(files).map(({ run }) => `${run.namespace}/${run.workflowId}`);
    expect(found.sort()).toEqual([
      'bank/charge-42',
      'bank/charge-42',
      'bank/hold-42',
      'shop/pack-42',
      'shop/placeOrder-42',
    ]);
  }
});

test('calls, runs and completions are joined over namespaces', () => {
  const spans = spansOf(joinExported(all));
  const named = (name: string) => spans.filter((span) => span.name === name);
  const charge = expectDefined(named('BankService.charge')[0], 'the operation');
  const [first, second] = named('chargeCard');
  expect(first?.causes).toEqual([charge.id]);
  expect(second?.causes).toEqual([first?.id, charge.id]);
  const delivery = spans.find(({ kind, parent }) => kind === 'callback' && parent === second?.id);
  expect(charge.causes).toEqual([delivery?.id]);
  expect(delivery).toMatchObject({ start: second?.end, end: charge.end, outcome: 'succeeded' });
});

test('workflows and operations tell what went in and came out, and the signals', () => {
  const spans = spansOf(joinExported(all));
  const attributesOf = (name: string) => spans.find((span) => span.name === name)?.attributes;
  expect(attributesOf('placeOrder')).toMatchObject({
    input: '"42"',
    result: '"42 charged"',
    signals: 'ship',
  });
  expect(attributesOf('BankService.quote')).toMatchObject({ input: '{"order":"42"}', result: '2' });
  expect(attributesOf('reserve')).toMatchObject({ input: '"42"', result: '"42 reserved"' });
});

test('a cancel request is a bar of its own, from the request to its delivery', () => {
  const spans = spansOf(joinExported(all));
  const hold = spans.find(({ name }) => name === 'BankService.hold');
  expect(spans.find(({ name }) => name === 'cancel request')).toMatchObject({
    kind: 'attempt',
    parent: hold?.id,
    outcome: 'succeeded',
    start: Date.UTC(2026, 10, 22, 18, 39, 55, 23),
    end: Date.UTC(2026, 10, 22, 18, 39, 55, 139),
  });
});

test('the last attempt of an activity is told, with why the one before it failed', () => {
  const spans = spansOf(joinExported(all));
  const reserve = spans.find(({ kind }) => kind === 'activity');
  expect(reserve?.attributes).toMatchObject({ attempts: 2, lastFailure: 'Error: 42 is out of stock' });
  expect(spans.filter(({ parent }) => parent === reserve?.id)).toMatchObject([
    { kind: 'attempt', name: 'attempt 2', end: reserve?.end, attributes: { worker: 'shop-worker' } },
  ]);
});

test('a description tells the attempts of what is pending', () => {
  const files = [file('audit-order'), file('audit-order.describe')];
  const spans = spansOf(joinExported(files, 'shop'));
  const audit = spans.find(({ kind }) => kind === 'operation');
  expect(audit?.attributes).toMatchObject({ attempts: 4, state: 'BACKING_OFF' });
  expect(spans.filter(({ parent }) => parent === audit?.id)).toMatchObject([
    { name: 'attempt 4', outcome: 'failed', failure: ['UNAVAILABLE: nobody audits 43'] },
    { name: 'backoff after attempt 4', attributes: { nextAttemptAt: Date.UTC(2026, 10, 22, 18, 40, 3, 84) } },
  ]);
  expect(spans.every(({ lane }) => lane.namespace === 'shop')).toBe(true);
});

test('the description of a closed run tells how its completion was delivered', () => {
  const spans = spansOf(joinExported([file('hold'), file('hold.describe')]));
  expect(spans.find(({ kind }) => kind === 'callback')).toMatchObject({
    outcome: 'succeeded',
    start: Date.UTC(2026, 10, 22, 18, 39, 55, 165),
    end: Date.UTC(2026, 10, 22, 18, 39, 55, 204),
    attributes: { attempt: 1 },
  });
});

test('a run that is not among the files is named once', () => {
  const histories = joinExported([file('charge-1'), file('charge-2')]);
  expect(absentRuns(histories)).toEqual([
    expect.stringMatching(
      /^charge-42 leads to run \S+ of workflow placeOrder-42 in shop, whose history is not here\.$/,
    ),
  ]);
  expect(absentRuns(joinExported(all))).toEqual([]);
});

test('of a run that was exported twice the longer history counts', () => {
  const events = (JSON.parse(recorded('hold')) as { events: object[] }).events.slice(0, 4);
  const histories = joinExported([file('early', JSON.stringify({ events })), file('hold')]);
  expect(histories.map((history) => history.events.length)).toEqual([9]);
});

test('a history of an older server has its name from its file', () => {
  const { events } = JSON.parse(recorded('pack')) as {
    events: { workflowExecutionStartedEventAttributes: { workflowId?: string } }[];
  };
  delete events[0]?.workflowExecutionStartedEventAttributes.workflowId;
  const [history] = joinExported([file('packing', JSON.stringify({ events }))]);
  expect(history?.run).toMatchObject({ namespace: '(namespace unknown)', workflowId: 'packing' });
});
