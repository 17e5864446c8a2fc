// Attaching over gRPC to the simulator's own frontend: the bars are the ones that the engine draws.
import { expect, onTestFinished, test } from 'vitest';
import { Attachment } from '../../simulator/cluster/attach.ts';
import { connect } from '../../simulator/cluster/connect.ts';
import { startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import { spansOf } from '../../simulator/spans/histories.ts';
import { playExample } from '../harness/played-driver.ts';

test('attaching to the example draws what the engine drew', async () => {
  const { driver, run } = playExample('checkout');
  await run.verdict;
  const server = await startTemporalServer({ port: driver.remote, originMs: 0 });
  if (!server.ok) throw new Error(server.error);
  onTestFinished(() => server.value.dispose());
  const { address } = server.value;
  const connection = await connect({ address, namespace: 'orders', metadata: {} }, 0);
  if (!connection.ok) throw new Error(connection.error);
  onTestFinished(() => connection.value.dispose());

  const { port } = connection.value;
  const attachment = new Attachment({ port, now: () => driver.now(), runsMax: 50 });
  await attachment.open({ namespace: 'orders', workflowId: 'checkout-1' });
  expect(attachment.notes).toEqual([]);

  const told = new Set(['workflow', 'operation', 'timer', 'workflow-task']);
  const drawn = spansOf(attachment.histories).filter(({ kind }) => told.has(kind));
  const own = driver.spans().filter(({ kind }) => told.has(kind));
  const outline = (spans: typeof own) =>
    spans
      .map(({ id, start, end, outcome }) => ({ id, start, end, outcome }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(drawn.length).toBeGreaterThan(10);
  expect(outline(drawn)).toEqual(outline(own));
});
