// The port to a real cluster, spoken to the simulator's own gRPC frontend: what goes in comes out on the other side.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, status, type handleUnaryCall } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { DisposableStore } from '../../simulator/base/disposable.ts';
import { ms } from '../../simulator/base/time.ts';
import { connect } from '../../simulator/cluster/connect.ts';
import type { ClusterSettings } from '../../simulator/cluster/settings.ts';
import { startTemporalServer } from '../../simulator/frontends/temporal/server.ts';
import { createConverter } from '../../simulator/wire/convert.ts';
import { methodsOf } from '../../simulator/wire/descriptors.ts';
import { serviceNames } from '../../simulator/wire/services.ts';
import { FakeTemporalPort, untilCancelled, type Answers } from '../harness/fake-temporal-port.ts';
import { World } from '../harness/world.ts';

const originMs = Date.UTC(2030, 0, 1);

let owned = new DisposableStore();
afterEach(() => {
  owned.dispose();
  owned = new DisposableStore();
});

const systemInfo: NonNullable<Answers['getSystemInfo']> = () => ({
  ok: true,
  value: { serverVersion: '1.2.3', capabilities: {} },
});

async function reach(address: string, settings: Partial<ClusterSettings> = {}) {
  const connected = await connect({ address, namespace: 'default', metadata: {}, ...settings }, originMs);
  if (!connected.ok) throw new Error(connected.error);
  return owned.add(connected.value);
}

/** A port whose calls go over gRPC to these answers. */
async function loop(answers: Answers) {
  const far = new FakeTemporalPort({ getSystemInfo: systemInfo, ...answers });
  const server = await startTemporalServer({ port: far, originMs });
  if (!server.ok) throw new Error(server.error);
  owned.add(server.value);
  const connection = await reach(server.value.address);
  return { far, connection, port: connection.port };
}

describe('a connection', () => {
  test('tells which server answers', async () => {
    const { connection } = await loop({});
    expect(connection.serverVersion).toBe('1.2.3');
  });

  test('to nobody is refused with the address and a reason', async () => {
    const settings = { address: '127.0.0.1:1', namespace: 'default', metadata: {} };
    const connected = await connect(settings, originMs);
    expect(connected).toMatchObject({ ok: false });
    if (!connected.ok) expect(connected.error).toMatch(/^No Temporal server answers at 127\.0\.0\.1:1: ./);
  });

  test('that ends gives up what waits', async () => {
    const { connection, port, far } = await loop({
      pollNexusTaskQueue: (_, options) => untilCancelled(options, {}),
    });
    const polling = port.call('pollNexusTaskQueue', {
      namespace: 'a',
      taskQueue: { name: 'q', kind: 'NORMAL' },
    });
    await expect.poll(() => far.calls.length).toBe(2);
    connection.dispose();
    expect(await polling).toEqual({ ok: true, value: {} });
  });
});

describe('a call', () => {
  test('arrives as it was made, times included, and so does its answer', async () => {
    const { far, port } = await loop({
      listWorkflowExecutions: () => ({ ok: true, value: { executions: [] } }),
      startWorkflowExecution: () => ({
        ok: true,
        value: { runId: 'r', started: true, status: 'RUNNING', link: {} },
      }),
    });
    const request = {
      namespace: 'shop',
      workflowId: 'w',
      workflowType: { name: 'Order' },
      taskQueue: { name: 'q', kind: 'NORMAL' },
      workflowRunTimeout: ms(90_000),
    } as const;
    expect(await port.call('startWorkflowExecution', request)).toMatchObject({
      ok: true,
      value: { runId: 'r', started: true, status: 'RUNNING' },
    });
    await port.call('listWorkflowExecutions', { namespace: 'shop', query: 'StartTime > 1500' });
    expect(far.calls.slice(1)).toEqual([
      { method: 'startWorkflowExecution', request },
      { method: 'listWorkflowExecutions', request: { namespace: 'shop', query: 'StartTime > 1500' } },
    ]);
  });

  test('that is refused says so with the detail that tells refusals apart', async () => {
    const error = {
      code: 'ALREADY_EXISTS',
      message: 'it runs already',
      detail: {
        type: 'WorkflowExecutionAlreadyStartedFailure',
        value: { startRequestId: 'a', runId: 'b' },
      },
    } as const;
    const { port } = await loop({ startWorkflowExecution: () => ({ ok: false, error }) });
    expect(await port.call('startWorkflowExecution', { workflowId: 'w' })).toEqual({ ok: false, error });
  });

  test('that the server cannot serve for the moment is made again', async () => {
    let left = 2;
    const { far, port } = await loop({
      getClusterInfo: () => {
        left -= 1;
        if (left >= 0) return { ok: false, error: { code: 'UNAVAILABLE', message: 'starting' } };
        return {
          ok: true,
          value: {
            serverVersion: '1',
            clusterId: 'i',
            clusterName: 'n',
            persistenceStore: '',
            visibilityStore: '',
          },
        };
      },
    });
    expect(await port.call('getClusterInfo', {})).toMatchObject({ ok: true, value: { clusterId: 'i' } });
    expect(far.calls.filter(({ method }) => method === 'getClusterInfo')).toHaveLength(3);
  });

  test('to a method that is not served over gRPC is refused here', async () => {
    const { far, port } = await loop({});
    const reply = await port.call('completeNexusOperation', {});
    expect(reply).toMatchObject({ ok: false, error: { code: 'UNIMPLEMENTED' } });
    expect(far.calls).toHaveLength(1);
  });

  test('that waits for history ends where it stood when it is given up', async () => {
    const { port, far } = await loop({
      getWorkflowExecutionHistory: (_, options) => untilCancelled(options, { history: {} }),
    });
    const source = new CancellationSource();
    const waiting = port.call(
      'getWorkflowExecutionHistory',
      { namespace: 'a', execution: { workflowId: 'w' }, waitNewEvent: true, nextPageToken: 'AAAA' },
      { signal: source.signal },
    );
    await expect.poll(() => far.calls.length).toBe(2);
    source.cancel();
    expect(await waiting).toEqual({ ok: true, value: { history: {}, nextPageToken: 'AAAA' } });
  });
});

describe('headers', () => {
  test('carry the key, the namespace and what the profile adds', async () => {
    const { address, seen } = await bareServer(ServerCredentials.createInsecure());
    const { port } = await reach(address, { apiKey: 'secret', metadata: { team: 'payments' } });
    const reply = await port.call('describeNamespace', { namespace: 'shop' });
    expect(reply).toEqual({ ok: false, error: { code: 'PERMISSION_DENIED', message: 'wrong key' } });
    expect(seen[0]).toMatchObject({ authorization: 'Bearer secret', team: 'payments' });
    expect(seen[0]).not.toHaveProperty('temporal-namespace');
    expect(seen[1]).toMatchObject({ authorization: 'Bearer secret', 'temporal-namespace': 'shop' });
  });
});

/** Makes certificates. */
const tool = 'openssl';
const isThere = spawnSync(tool, ['version']).status === 0;

describe.skipIf(!isThere)(
  'TLS (certificates are made by `openssl`, which is not on the path of this machine)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'nexus-tls-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const pem = (name: string): Buffer => readFileSync(join(folder, `${name}.pem`));

    beforeAll(() => {
      for (const name of ['server', 'client']) {
        const files = ['-keyout', join(folder, `${name}-key.pem`), '-out', join(folder, `${name}.pem`)];
        const subject = ['-subj', `/CN=${name}.internal`, '-addext', `subjectAltName=DNS:${name}.internal`];
        const kind = [
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ];
        expect(spawnSync(tool, ['req', ...kind, ...files, ...subject]).status).toBe(0);
      }
    });

    test('both sides show their certificates, and the server may have another name', async () => {
      const pair = { private_key: pem('server-key'), cert_chain: pem('server') };
      const { address } = await bareServer(ServerCredentials.createSsl(pem('client'), [pair], true));
      const tls = {
        serverName: 'server.internal',
        serverRootCa: pem('server'),
        client: { certificate: pem('client'), key: pem('client-key') },
      };
      expect((await reach(address, { tls })).serverVersion).toBe('bare');
      const stranger = await connect(
        { address, namespace: '', metadata: {}, tls: { serverRootCa: pem('server') } },
        0,
      );
      expect(stranger).toMatchObject({ ok: false });
    });

    test('certificates that are none are refused', async () => {
      const tls = { client: { certificate: Buffer.from('no'), key: Buffer.from('no') } };
      const refused = await connect({ address: '127.0.0.1:1', namespace: '', metadata: {}, tls }, 0);
      expect(refused).toMatchObject({ ok: false });
      if (!refused.ok) expect(refused.error).toMatch(/^The certificates for 127\.0\.0\.1:1 cannot be used: /);
    });
  },
);

/** A server that describes itself to everybody and no namespace to anybody; keeps the headers it sees. */
async function bareServer(trust: ServerCredentials) {
  const converter = createConverter(originMs);
  const seen: Record<string, unknown>[] = [];
  const server = new Server();
  const same = (bytes: Buffer): Buffer => bytes;
  for (const { name, response } of methodsOf(serviceNames.WorkflowService)) {
    if (name !== 'GetSystemInfo' && name !== 'DescribeNamespace') continue;
    const method = {
      path: `/${serviceNames.WorkflowService}/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const handle: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
      seen.push(call.metadata.getMap());
      if (name === 'GetSystemInfo') callback(null, converter.encode(response, { serverVersion: 'bare' }));
      else callback({ code: status.UNAUTHENTICATED, details: 'wrong key' });
    };
    server.addService({ [name]: method }, { [name]: handle });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', trust, (problem, bound) => {
      if (problem === null) resolve(bound);
      else reject(problem);
    });
  });
  owned.add({ dispose: () => server.forceShutdown() });
  return { address: `127.0.0.1:${port}`, seen };
}

test('a worker that polls through it gets its task', async () => {
  const world = owned.add(new World({ originMs }));
  await world.namespaces('shop');
  const server = await startTemporalServer({ port: world.driver.remote, originMs });
  if (!server.ok) throw new Error(server.error);
  owned.add(server.value);
  const { port } = await reach(server.value.address);
  const taskQueue = { name: 'q', kind: 'NORMAL' } as const;
  const polling = port.call('pollWorkflowTaskQueue', { namespace: 'shop', taskQueue });
  const started = await port.call('startWorkflowExecution', {
    namespace: 'shop',
    workflowId: 'w',
    workflowType: { name: 'Order' },
    taskQueue,
    requestId: 'once',
  });
  expect(started).toMatchObject({ ok: true, value: { started: true } });
  const task = await polling;
  expect(task).toMatchObject({ ok: true, value: { workflowExecution: { workflowId: 'w' } } });
  if (!task.ok) return;
  expect(task.value.history?.events?.map(({ eventType }) => eventType)).toEqual([
    'WORKFLOW_EXECUTION_STARTED',
    'WORKFLOW_TASK_SCHEDULED',
    'WORKFLOW_TASK_STARTED',
  ]);
});
