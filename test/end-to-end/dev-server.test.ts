// Real histories: a development server and SDK workers. Whoever has the temporal command line sees it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../../simulator/protocol/span.ts';
import { DevServer } from '../harness/dev-server.ts';
import { OrderWorld } from '../harness/order-world.ts';
import { quietRuntime } from '../harness/sdk-world.ts';
import { SimulatorProcess } from '../harness/simulator-process.ts';
import { temporalCli } from '../harness/temporal-cli.ts';

const cli = temporalCli();
const home = mkdtempSync(join(tmpdir(), 'nexus-dev-server-'));

interface Told {
  readonly start: string;
  readonly spans: readonly Span[];
  readonly notes: readonly string[];
}

describe.skipIf(cli === undefined)('a development server (TEMPORAL_CLI, or `temporal` on the path)', () => {
  let server: DevServer;
  let world: OrderWorld;

  beforeAll(async () => {
    quietRuntime();
    server = await DevServer.start(cli ?? '', home, ['shop', 'bank']);
    const target = ['--target-namespace', 'bank', '--target-task-queue', 'charges'];
    await server.temporal(
      'shop',
      ...['operator', 'nexus', 'endpoint', 'create', '--name', 'bank-endpoint'],
      ...target,
    );
    world = await OrderWorld.open(server.address);
  });

  afterAll(async () => {
    await world.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  // Not in the way of the workers, which live in this process.
  const told = async (...argv: readonly string[]): Promise<Told> => {
    const [document] = await new SimulatorProcess(...argv, '--format', 'json').until('stdout', /^.*\n/);
    return JSON.parse(document) as Told;
  };
  const attached = (workflow: string, namespace: string): Promise<Told> =>
    told('attach', server.address, '--workflow', workflow, '--namespace', namespace);

  test('attaching follows an order through both namespaces, and exported histories say the same', async () => {
    const order = await world.start('placeOrder', '42');
    const follower = new SimulatorProcess(
      ...['attach', server.address, '--workflow', 'placeOrder-42', '--namespace', 'shop', '--follow'],
    );
    await order.signal('ship');
    expect(await order.result()).toBe('42 charged');
    const [followed] = await follower.until('stdout', /^[^]*══ bank ═[^]*both its sides/);
    expect(await follower.ended).toBe(0);
    expect(followed).toMatch(/shop\/placeOrder-42 {2}BankService\.hold canceled after \S+: nexus operation/);

    const { spans, notes } = await attached('placeOrder-42', 'shop');
    expect(notes).toEqual([]);
    const workflows = spans.filter(({ kind }) => kind === 'workflow');
    expect(workflows.map(({ lane, name }) => `${lane.namespace} ${name}`).sort()).toEqual([
      'bank chargeCard',
      'bank chargeCard',
      'bank holdFunds',
      'shop packOrder',
      'shop placeOrder',
    ]);
    const fromHandler = (await attached('hold-42', 'bank')).spans;
    expect(fromHandler.map(({ id }) => id).sort()).toEqual(spans.map(({ id }) => id).sort());

    const files = await Promise.all(
      workflows.map(async ({ lane: { namespace, track }, attributes: { runId } }, index) => {
        const path = join(home, `history-${index}.json`);
        const run = ['--workflow-id', track, '--run-id', String(runId), '--output', 'json'];
        writeFileSync(path, await server.temporal(namespace, 'workflow', 'show', ...run));
        return path;
      }),
    );
    const shown = await told('history', 'show', ...files);
    // Only a description tells which attempt delivered a completion, and when.
    const outline = (each: readonly Span[]) =>
      each
        .filter(({ kind }) => kind !== 'callback')
        .map(({ id, start, end, lane }) => ({ id, lane, start, end }))
        .sort((one, other) => (one.id < other.id ? -1 : 1));
    expect(outline(shown.spans)).toEqual(outline(spans));
  });

  test('the attempts of what is pending are told', async () => {
    await world.start('auditOrder', '43');
    const attempts = async (): Promise<readonly Span[]> =>
      (await attached('auditOrder-43', 'shop')).spans.filter(({ kind }) => kind === 'attempt');
    let found = await attempts();
    // Every look takes its time; sooner or later an attempt is over.
    while (!found.some(({ outcome }) => outcome === 'failed')) found = await attempts();
    expect(found).toContainEqual(expect.objectContaining({ failure: ['UNAVAILABLE: nobody audits 43'] }));
  });
});
