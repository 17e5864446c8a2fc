import { afterEach, beforeEach, expect, test } from 'vitest';
import { days, minutes } from '../../../../../simulator/base/time.ts';
import { World } from '../../../../harness/world.ts';

const namespace = 'orders';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.dispose());

test('a namespace is described as it was registered, and updated in part', async () => {
  await world.ask('registerNamespace', {
    namespace,
    ownerEmail: 'ada@example.com',
    data: { a: '1' },
    workflowExecutionRetentionPeriod: days(5),
  });
  const described = await world.ask('describeNamespace', { namespace });
  expect(described).toMatchObject({
    namespaceInfo: { name: namespace, ownerEmail: 'ada@example.com', data: { a: '1' } },
    config: { workflowExecutionRetentionTtl: days(5), historyArchivalState: 'DISABLED' },
    replicationConfig: { activeClusterName: 'active', clusters: [{ clusterName: 'active' }] },
  });
  const updated = await world.ask('updateNamespace', {
    namespace,
    updateInfo: { description: 'what is ordered', data: { b: '2' } },
    config: { workflowExecutionRetentionTtl: days(7) },
    replicationConfig: {},
  });
  expect(updated).toEqual(await world.ask('describeNamespace', { namespace }));
  expect(updated.namespaceInfo).toMatchObject({
    id: described.namespaceInfo.id,
    description: 'what is ordered',
    ownerEmail: 'ada@example.com',
    data: { a: '1', b: '2' },
  });
  expect(updated.config.workflowExecutionRetentionTtl).toBe(days(7));
});

test.each([
  [{ namespace: 'nowhere' }, 'NOT_FOUND', 'Namespace nowhere is not found.'],
  [
    { namespace, config: { workflowExecutionRetentionTtl: minutes(5) } },
    'INVALID_ARGUMENT',
    'A valid retention period is not set on request.',
  ],
  [
    { namespace, config: { historyArchivalState: 'ENABLED' } },
    'INVALID_ARGUMENT',
    'Cluster is not configured for archival.',
  ],
  [
    { namespace, replicationConfig: { activeClusterName: 'other' } },
    'INVALID_ARGUMENT',
    'There is one cluster here: namespaces are local to it and stay so.',
  ],
] as const)('updating %j is refused', async (request, code, message) => {
  await world.namespaces(namespace);
  expect(await world.refused('updateNamespace', request)).toMatchObject({ code, message });
});

test('namespaces are listed page by page', async () => {
  await world.namespaces('a', 'b', 'c');
  const first = await world.ask('listNamespaces', { pageSize: 2 });
  const { nextPageToken } = first;
  const rest = await world.ask('listNamespaces', {
    pageSize: 2,
    ...(nextPageToken !== undefined && { nextPageToken }),
  });
  const names = [...first.namespaces, ...rest.namespaces].map(({ namespaceInfo }) => namespaceInfo.name);
  expect(names.sort()).toEqual(['a', 'b', 'c']);
  expect(rest).not.toHaveProperty('nextPageToken');
});

test('a worker may tell how it is', async () => {
  await world.namespaces(namespace);
  expect(await world.ask('recordWorkerHeartbeat', { namespace })).toEqual({});
  expect((await world.refused('recordWorkerHeartbeat', { namespace: 'nowhere' })).code).toBe('NOT_FOUND');
});
