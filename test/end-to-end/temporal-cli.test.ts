// Temporal's command line against the bundle. Whoever has it on the path sees it work; elsewhere this is skipped.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askTemporal, temporalCli, type CliAnswer } from '../harness/temporal-cli.ts';
import { SimulatorProcess } from '../harness/simulator-process.ts';

const cli = temporalCli();
const home = mkdtempSync(join(tmpdir(), 'nexus-temporal-cli-'));

let simulator: SimulatorProcess | undefined;
let address = '';

beforeAll(async () => {
  if (cli === undefined) return;
  // The world brings workers for both namespaces, so that workflows can also end.
  const world = ['--world', 'examples/hello.nexus.yaml'];
  simulator = new SimulatorProcess('start', '--port', '0', '--announce', 'json', ...world);
  const [line] = await simulator.until('stdout', /^.*\n/);
  ({ grpc: address } = JSON.parse(line) as { grpc: string });
});

afterAll(async () => {
  simulator?.child.stdin.end();
  await simulator?.ended;
  rmSync(home, { recursive: true, force: true });
});

const run = (...argv: readonly string[]): Promise<CliAnswer> =>
  askTemporal({ cli: cli ?? '', address, home, namespace: 'orders' }, argv);

/** The output of a command that has to succeed. */
async function temporal(...argv: readonly string[]): Promise<string> {
  const { code, out, error } = await run(...argv);
  if (code !== 0) throw new Error(`temporal ${argv.join(' ')} ended with ${code}: ${error}${out}`);
  return out;
}

const asJson = async (...argv: readonly string[]): Promise<unknown> =>
  JSON.parse(await temporal(...argv, '--output', 'json'));

const start = (id: string, ...more: readonly string[]): Promise<string> =>
  temporal('workflow', 'start', '--type', 'Order', '--task-queue', 'nobody', '--workflow-id', id, ...more);

describe.skipIf(cli === undefined)(
  'the temporal command line (TEMPORAL_CLI, or `temporal` on the path)',
  () => {
    beforeAll(async () => {
      await temporal('operator', 'namespace', 'create', '-n', 'orders', '--retention', '5d');
    });

    test('operator namespace', async () => {
      await temporal('operator', 'namespace', 'create', '-n', 'spare', '--description', 'not needed');
      await temporal('operator', 'namespace', 'update', '-n', 'spare', '--retention', '7d', '--data', 'a=b');
      expect(await asJson('operator', 'namespace', 'describe', '-n', 'spare')).toMatchObject({
        namespaceInfo: { name: 'spare', description: 'not needed', data: { a: 'b' } },
        config: { workflowExecutionRetentionTtl: '604800s' },
      });
      expect(await temporal('operator', 'namespace', 'describe', '-n', 'spare')).toContain('168h0m0s');
      expect(await temporal('operator', 'namespace', 'list')).toContain('spare');
      await temporal('operator', 'namespace', 'delete', '-n', 'spare', '--yes');
      expect(await temporal('operator', 'namespace', 'list')).not.toContain('spare');
    });

    test('operator nexus endpoint', async () => {
      const target = ['--target-namespace', 'orders', '--target-task-queue', 'orders'];
      await temporal('operator', 'nexus', 'endpoint', 'create', '--name', 'orders-endpoint', ...target);
      await temporal(
        ...['operator', 'nexus', 'endpoint', 'update', '--name', 'orders-endpoint'],
        ...['--description', 'takes orders'],
      );
      expect(await temporal('operator', 'nexus', 'endpoint', 'get', '--name', 'orders-endpoint')).toMatch(
        /Description\s+takes orders/,
      );
      expect(await temporal('operator', 'nexus', 'endpoint', 'list')).toContain('orders-endpoint');
      await temporal('operator', 'nexus', 'endpoint', 'delete', '--name', 'orders-endpoint');
      expect(await temporal('operator', 'nexus', 'endpoint', 'list')).not.toContain('orders-endpoint');
    });

    test('operator search-attribute and cluster', async () => {
      const pair = ['--name', 'Customer', '--type', 'Keyword', '--name', 'Spare', '--type', 'Int'];
      await temporal('operator', 'search-attribute', 'create', ...pair);
      await temporal('operator', 'search-attribute', 'remove', '--name', 'Spare', '--yes');
      const listed = await temporal('operator', 'search-attribute', 'list');
      expect(listed).toMatch(/Customer\s+Keyword/);
      expect(listed).not.toContain('Spare');
      expect(await temporal('operator', 'cluster', 'health')).toContain('SERVING');
      expect(await temporal('operator', 'cluster', 'describe')).toContain('active');
      expect(await temporal('operator', 'cluster', 'system')).toMatch(/\d+\.\d+\.\d+/);
    });

    test('workflow start, list, count, describe and show', async () => {
      await start(
        'order-1',
        '--search-attribute',
        'Customer="ada"',
        '--memo',
        'note="x"',
        '--input',
        '{"a":1}',
      );
      await start('order-2');
      const query = ['--query', "Customer = 'ada' AND StartTime > '2020-01-01T00:00:00Z'"];
      expect(await asJson('workflow', 'list', ...query)).toMatchObject([
        { execution: { workflowId: 'order-1' }, status: 'WORKFLOW_EXECUTION_STATUS_RUNNING' },
      ]);
      expect(await temporal('workflow', 'list')).toContain('order-2');
      expect(await asJson('workflow', 'count')).toMatchObject({ count: '2' });
      expect(await temporal('workflow', 'count', '--query', 'GROUP BY ExecutionStatus')).toContain(
        'Group total: 2, values: Running',
      );
      expect(await temporal('workflow', 'describe', '--workflow-id', 'order-1')).toMatch(/Memo.*note/);
      expect(await temporal('workflow', 'show', '--workflow-id', 'order-1')).toContain(
        'WorkflowTaskScheduled',
      );
      const archived = await run('workflow', 'list', '--archived');
      expect(archived.error).toContain('Cluster is not configured for visibility archival.');
    });

    test('workflow signal, cancel, terminate, trace, result and delete', async () => {
      await start('order-3');
      const named = ['--workflow-id', 'order-3'] as const;
      await temporal('workflow', 'signal', ...named, '--name', 'more', '--input', '1');
      await temporal('workflow', 'cancel', ...named);
      expect(await temporal('workflow', 'show', ...named)).toMatch(/Signaled[^]*CancelRequested/);
      await temporal('workflow', 'terminate', ...named, '--reason', 'enough');
      expect(await temporal('workflow', 'trace', ...named)).toContain('enough');
      const result = await run('workflow', 'result', ...named);
      expect(result).toMatchObject({ code: 1, error: expect.stringContaining('workflow failed') as string });
      await temporal('workflow', 'delete', ...named, '--yes');
      const gone = await run('workflow', 'describe', ...named);
      expect(gone.error).toContain('not found');
    });

    test('workflow execute and reset, with workers that answer', async () => {
      const work = ['-n', 'storefront', '--workflow-id', 'welcome-ada'];
      expect(await temporal('workflow', 'result', ...work)).toContain('COMPLETED');
      const reset = await asJson(
        'workflow',
        'reset',
        ...work,
        '--type',
        'LastWorkflowTask',
        '--reason',
        'again',
      );
      expect(reset).toMatchObject({ runId: expect.stringMatching(/-/) as string });
      expect(await temporal('workflow', 'result', ...work)).toContain('COMPLETED');
    });

    test('task-queue describe', async () => {
      await start('order-4');
      expect(await asJson('task-queue', 'describe', '--task-queue', 'nobody')).toMatchObject({
        pollers: null,
      });
      expect(await temporal('task-queue', 'describe', '--task-queue', 'nobody')).toMatch(/workflow\s+[1-9]/);
      const legacy = ['--task-queue', 'greetings', '-n', 'greetings', '--legacy-mode'];
      expect(await temporal('task-queue', 'describe', ...legacy)).toContain('LastAccessTime');
    });

    test('activity complete and fail say that there is none', async () => {
      await start('order-5');
      const named = ['--workflow-id', 'order-5', '--activity-id', '5'];
      for (const how of [['complete', '--result', '1'], ['fail']]) {
        const { error } = await run('activity', how[0] ?? '', ...named, ...how.slice(1));
        expect(error).toContain('invalid activityID or activity already timed out');
      }
    });

    test('what is not served is refused by its name', async () => {
      const batch = await run('workflow', 'signal', '--query', "WorkflowId = 'x'", '--name', 's', '--yes');
      expect(batch.error).toContain('WorkflowService.StartBatchOperation');
      expect((await run('schedule', 'list')).error).toContain('WorkflowService.ListSchedules');
    });
  },
);
