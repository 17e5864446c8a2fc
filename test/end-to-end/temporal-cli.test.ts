// Temporal's command line against the bundle. Whoever has it on the path sees it work; elsewhere this is skipped.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askTemporal, temporalCli, type CliAnswer } from '../harness/temporal-cli.ts';
import { bundleTestWorkflows, quietRuntime } from '../harness/sdk-world.ts';
import { SimulatorProcess } from '../harness/simulator-process.ts';

const cli = temporalCli();
const home = mkdtempSync(join(tmpdir(), 'nexus-temporal-cli-'));

let simulator: SimulatorProcess | undefined;
let address = '';

beforeAll(async () => {
  if (cli === undefined) return;
  // The world brings workers for both namespaces, so that workflows can also end.
  const world = join(home, 'world.nexus.yaml');
  const hello = readFileSync('examples/hello.nexus.yaml', 'utf8');
  writeFileSync(world, `${hello}\nlimits: { standaloneOperations: true }\n`);
  // A minute takes a second; what nobody answers stays open.
  const pace = ['--time', 'paced:60', '--world', world];
  simulator = new SimulatorProcess('start', '--port', '0', '--announce', 'json', ...pace);
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

interface RunningWorker {
  stop(): Promise<void>;
}

let worker: RunningWorker | undefined;

/** A real worker for the workflows of the tests. */
async function startWorker(): Promise<RunningWorker> {
  quietRuntime();
  const [connection, workflowBundle] = await Promise.all([
    NativeConnection.connect({ address }),
    bundleTestWorkflows(),
  ]);
  const started = await Worker.create({
    connection,
    namespace: 'orders',
    taskQueue: 'counters',
    workflowBundle,
  });
  const running = started.run();
  return {
    stop: async () => {
      started.shutdown();
      await running;
      await connection.close();
    },
  };
}

const start = (id: string, ...more: readonly string[]): Promise<string> =>
  temporal('workflow', 'start', '--type', 'Order', '--task-queue', 'nobody', '--workflow-id', id, ...more);

describe.skipIf(cli === undefined)(
  'the temporal command line (TEMPORAL_CLI, or `temporal` on the path)',
  () => {
    beforeAll(async () => {
      await temporal('operator', 'namespace', 'create', '-n', 'orders', '--retention', '5d');
      await temporal('operator', 'search-attribute', 'create', '--name', 'Amount', '--type', 'Double');
      for (const [id, amount] of [
        ['found-1', '3.5'],
        ['found-2', '5'],
      ] as const) {
        const asked = [
          '--type',
          'Search',
          '--task-queue',
          'nobody',
          '--search-attribute',
          `Amount=${amount}`,
        ];
        await temporal('workflow', 'start', '--workflow-id', id, ...asked);
      }
      worker = await startWorker();
    }, 60_000);

    afterAll(() => worker?.stop());

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
      const endpoint = (...argv: readonly string[]): Promise<string> =>
        temporal('operator', 'nexus', 'endpoint', ...argv);
      const named = ['--name', 'orders-endpoint'] as const;
      const target = ['--target-namespace', 'orders', '--target-task-queue', 'orders'];
      expect(await endpoint('create', ...named, ...target)).toBe(
        'Endpoint orders-endpoint successfully created.\n',
      );
      await endpoint('update', ...named, '--description', 'takes orders', '--target-task-queue', 'more');
      expect(await asJson('operator', 'nexus', 'endpoint', 'get', ...named)).toMatchObject({
        version: '2',
        spec: {
          name: 'orders-endpoint',
          description: 'takes orders',
          target: { worker: { namespace: 'orders', taskQueue: 'more' } },
        },
        urlPrefix: expect.stringMatching(/^\/nexus\/endpoints\/[-0-9a-f]+\/services$/) as string,
      });
      await endpoint('update', ...named, '--unset-description', '--target-url', 'http://127.0.0.1:9/x');
      expect(await endpoint('get', ...named)).toMatch(/Target.External.URL +http:\/\/127.0.0.1:9\/x/);
      expect(await endpoint('list')).toMatch(
        /orders-endpoint[^]*greetings-endpoint|greetings-endpoint[^]*orders-endpoint/,
      );
      const again = await run('operator', 'nexus', 'endpoint', 'create', ...named, ...target);
      expect(again.error).toContain('Endpoint with name orders-endpoint already registered');
      await endpoint('delete', ...named);
      expect(await endpoint('list')).not.toContain('orders-endpoint');
      const gone = await run('operator', 'nexus', 'endpoint', 'get', ...named);
      expect(gone).toMatchObject({ code: 1, error: 'Error: endpoint not found: "orders-endpoint"\n' });
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
      expect(await asJson('workflow', 'count')).toMatchObject({ count: '4' });
      expect(await temporal('workflow', 'count', '--query', 'GROUP BY ExecutionStatus')).toContain(
        'Group total: 4, values: Running',
      );
      expect(await temporal('workflow', 'describe', '--workflow-id', 'order-1')).toMatch(/Memo.*note/);
      expect(await temporal('workflow', 'show', '--workflow-id', 'order-1')).toContain(
        'WorkflowTaskScheduled',
      );
      const description = await asJson('workflow', 'describe', '--workflow-id', 'order-1');
      expect(description).toMatchObject({
        pendingWorkflowTask: { state: 'PENDING_WORKFLOW_TASK_STATE_SCHEDULED' },
        workflowExtendedInfo: { originalStartTime: expect.stringMatching(/Z$/) as string },
      });
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

    test.each([
      ["WorkflowType = 'Search' AND ExecutionStatus = 'Running'", ['found-1', 'found-2']],
      ["WorkflowId STARTS_WITH 'found' AND NOT WorkflowId = 'found-1'", ['found-2']],
      ['WorkflowId IN (\'found-1\', "found-3")', ['found-1']],
      ["Amount BETWEEN 1 AND 3.5 AND (Amount != 2 OR TaskQueue = 'x')", ['found-1']],
      ['WorkflowType = "Search" and CloseTime is null and Amount > 4', ['found-2']],
      ["StartTime > '2020-01-01T00:00:00Z' AND StartTime < '2021-01-01T00:00:00Z'", []],
    ] as const)('workflow list --query %j', async (query, found) => {
      const listed = (await asJson('workflow', 'list', '--query', query)) as {
        execution: { workflowId: string };
      }[];
      expect(listed.map(({ execution }) => execution.workflowId).sort()).toEqual(found);
    });

    test.each([
      ['Nobody = 1', 'there is no search attribute Nobody'],
      ["WorkflowType = 'Search' ORDER BY StartTime", 'ORDER BY is not supported'],
      ["StartTime > 'yesterday'", 'StartTime is compared with a time'],
      ['WorkflowId =', 'WorkflowId is compared with a text'],
    ])('workflow list --query %j is refused', async (query, why) => {
      const { code, error } = await run('workflow', 'list', '--query', query);
      expect([code, error]).toEqual([1, expect.stringContaining(`invalid query: ${why}`)]);
    });

    test('workflow execute and reset, with workers that answer', async () => {
      const storefront = ['-n', 'storefront', '--task-queue', 'storefront', '--type', 'welcomeCustomer'];
      const bob = ['--workflow-id', 'welcome-bob', '--input', '"Bob"'];
      expect(await temporal('workflow', 'execute', ...storefront, ...bob)).toMatch(
        /COMPLETED[^]*Hello, Bob!/,
      );
      const work = ['-n', 'storefront', '--workflow-id', 'welcome-ada'];
      expect(await temporal('workflow', 'result', ...work)).toContain('COMPLETED');
      const back = ['--type', 'LastWorkflowTask', '--reason', 'again'];
      expect(await asJson('workflow', 'reset', ...work, ...back)).toMatchObject({
        runId: expect.stringMatching(/-/) as string,
      });
      expect(await temporal('workflow', 'result', ...work)).toContain('COMPLETED');
    });

    test('workflow signal-with-start, query, stack and metadata, with a real worker', async () => {
      const named = ['--workflow-id', 'counter-1'];
      await temporal(
        ...['workflow', 'signal-with-start', '--type', 'counter', '--task-queue', 'counters', ...named],
        ...['--input', '1', '--signal-name', 'set', '--signal-input', '5'],
      );
      expect(await temporal('workflow', 'query', ...named, '--name', 'count')).toMatch(/QueryResult +5/);
      expect(await temporal('workflow', 'stack', ...named)).toMatch(/at counter/);
      expect(await temporal('workflow', 'metadata', ...named)).toContain('addLater');
      const unheard = await run('workflow', 'query', ...named, '--name', 'unheard');
      expect(unheard).toMatchObject({ code: 1, error: expect.stringContaining('unheard') as string });
      await temporal('workflow', 'signal', ...named, '--name', 'end');
      expect(await temporal('workflow', 'result', ...named)).toMatch(/COMPLETED[^]*5/);
      const rejected = ['--reject-condition', 'not_open'];
      expect((await run('workflow', 'query', ...named, '--name', 'count', ...rejected)).error).toContain(
        'query was rejected, workflow has status: Completed',
      );
    });

    test('workflow update, and update with start, with a real worker', async () => {
      const named = ['--workflow-id', 'counter-2'];
      await temporal('workflow', 'start', '--type', 'counter', '--task-queue', 'counters', ...named);
      const update = (...argv: readonly string[]): Promise<string> =>
        temporal('workflow', 'update', ...argv, ...named);
      expect(await update('execute', '--name', 'add', '--input', '2')).toMatch(/Result +2/);
      await update(
        'start',
        '--name',
        'add',
        '--input',
        '3',
        '--update-id',
        'more',
        '--wait-for-stage',
        'accepted',
      );
      expect(await update('result', '--update-id', 'more')).toMatch(/Result +5/);
      expect(await update('describe', '--update-id', 'more')).toMatch(/Stage +Completed/);
      const refused = await run('workflow', 'update', 'execute', '--name', 'add', '--input', '-1', ...named);
      expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('only grows') as string });
      const other = ['--type', 'counter', '--task-queue', 'counters', '--workflow-id', 'counter-3'];
      const both = [
        '--update-name',
        'add',
        '--update-input',
        '4',
        '--input',
        '1',
        '--id-conflict-policy',
        'Fail',
      ];
      expect(await temporal('workflow', 'execute-update-with-start', ...other, ...both)).toMatch(/5/);
    });

    test('nexus operation start, execute, result, describe, list and count', async () => {
      const echo = ['-n', 'storefront', '--endpoint', 'greetings-endpoint', '--service', 'GreetingService'];
      const hi = ['--operation', 'echo', '--input', '{"message":"hi"}'];
      await temporal('nexus', 'operation', 'start', ...echo, ...hi, '--operation-id', 'echo-1');
      expect(
        await temporal('nexus', 'operation', 'result', '-n', 'storefront', '--operation-id', 'echo-1'),
      ).toMatch(/COMPLETED[^]*hi/);
      const ada = ['--operation', 'greet', '--input', '{"name":"Ada","language":"fr"}'];
      expect(
        await temporal('nexus', 'operation', 'execute', ...echo, ...ada, '--operation-id', 'greet-1'),
      ).toMatch(/COMPLETED[^]*Bonjour, Ada!/);
      const one = ['nexus', 'operation', 'describe', '-n', 'storefront', '--operation-id', 'greet-1'];
      expect(await temporal(...one)).toMatch(/Status +Completed/);
      expect(await asJson(...one)).toMatchObject({ endpoint: 'greetings-endpoint', operation: 'greet' });
      const query = ['-n', 'storefront', '--query', "Operation = 'greet'"];
      expect(await temporal('nexus', 'operation', 'list', ...query)).toMatch(/Completed +greet-1/);
      expect(await temporal('nexus', 'operation', 'count', '-n', 'storefront')).toContain('Total: 2');
    });

    test('nexus operation cancel and terminate', async () => {
      const target = ['--target-namespace', 'orders', '--target-task-queue', 'nobody'];
      await temporal('operator', 'nexus', 'endpoint', 'create', '--name', 'nobody-endpoint', ...target);
      const asked = ['--endpoint', 'nobody-endpoint', '--service', 's', '--operation', 'o'];
      await temporal('nexus', 'operation', 'start', ...asked, '--operation-id', 'open-1');
      const again = await run('nexus', 'operation', 'start', ...asked, '--operation-id', 'open-1');
      expect(again.error).toContain('already started');
      const named = ['--operation-id', 'open-1'];
      await temporal('nexus', 'operation', 'cancel', ...named, '--reason', 'enough');
      await temporal('nexus', 'operation', 'terminate', ...named, '--reason', 'enough');
      expect(await temporal('nexus', 'operation', 'describe', ...named)).toMatch(/Status +Terminated/);
      const result = await run('nexus', 'operation', 'result', ...named);
      expect(result).toMatchObject({ code: 1, error: 'Error: nexus operation failed\n' });
      const unknown = await run('nexus', 'operation', 'describe', '--operation-id', 'unknown');
      expect(unknown.error).toContain('not found');
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
