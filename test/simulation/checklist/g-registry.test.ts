import { describe, expect, test } from 'vitest';
import { encodeText } from '../../../simulator/base/base64.ts';
import { hours, ms, seconds } from '../../../simulator/base/time.ts';
import type { ScheduleNexusOperationAttributes } from '../../../simulator/protocol/temporal/command.ts';
import { callOnce, eventOf, handlerError, typesOf, type World } from '../../harness/world.ts';
import {
  answerNexusTask,
  answerTask,
  caller,
  nexusTypes,
  order,
  paused,
  refusedTask,
  schedule,
  stage,
  sync,
  takeNexusTask,
  takeTask,
  target,
} from './stage.ts';

const spec = (name: string, worker = target) => ({ spec: { name, target: { worker } } });

async function endpointOf(world: World) {
  const { endpoints } = await world.ask('listNexusEndpoints', { name: 'payments-endpoint' });
  return { id: endpoints[0]?.id ?? '', version: endpoints[0]?.version ?? 0 };
}

/** A caller whose operation has failed once and waits for its second attempt. */
async function retrying(world: World): Promise<void> {
  await world.start(order);
  await answerTask(world, await takeTask(world), [schedule()]);
  await answerNexusTask(world, await takeNexusTask(world), handlerError('UNAVAILABLE'));
}

const badAttributes: readonly [string, ScheduleNexusOperationAttributes, string][] = [
  ['a service of 1001 bytes', { service: 's'.repeat(1_001) }, 'Service exceeds length limit of 1000'],
  ['an operation of 1001 bytes', { operation: 'é'.repeat(501) }, 'Operation exceeds length limit of 1000'],
  ['a negative timeout', { startToCloseTimeout: ms(-1) }, 'StartToCloseTimeout is invalid'],
  ['a disallowed header', { nexusHeader: { 'Caller-Name': 'me' } }, 'disallowed header key: "Caller-Name"'],
  ['headers of 8193 bytes', { nexusHeader: { h: 'x'.repeat(8_192) } }, 'NexusHeader exceeds size limit'],
];

describe('commands and registry', () => {
  test('[74] an unknown endpoint fails the workflow task until it is made', async () => {
    const world = await stage({ limits: { runHorizon: hours(1) } });
    world.workflow(caller, callOnce({ endpoint: 'late-endpoint' })).handler(target, () => sync('at last'));
    await world.start(order);
    await world.settled();
    const stuck = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(stuck.attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
    expect(stuck.attributes.failure?.message).toContain('endpoint "late-endpoint" not found');
    await world.endpoint('late-endpoint', target);
    world.driver.setClock({ mode: 'run' });
    await world.settled();
    expect((await world.history('orders', 'order-1')).at(-1)?.eventType).toBe('WORKFLOW_EXECUTION_COMPLETED');
  });

  test.each(badAttributes)(
    '[75] %s fails the workflow task with cause 32',
    async (_what, attributes, text) => {
      const world = await stage(paused);
      expect(await refusedTask(world, [schedule(attributes)])).toContain(text);
      const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
      expect(failed.attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
    },
  );

  test('[76] input over the limit ends the workflow as TERMINATED', async () => {
    const world = await stage(paused);
    const data = encodeText('x'.repeat(2 * 1_024 * 1_024 + 1));
    await refusedTask(world, [schedule({ input: { data } })]);
    const { workflowExecutionInfo } = await world.ask('describeWorkflowExecution', {
      namespace: 'orders',
      execution: { workflowId: 'order-1' },
    });
    expect(workflowExecutionInfo.status).toBe('TERMINATED');
  });

  test('[77] bad names are refused; a good one gives version 1 and its URL prefix', async () => {
    const world = await stage();
    for (const name of ['a_b', 'a', '-a', 'a-', 'a'.repeat(201)]) {
      expect((await world.refused('createNexusEndpoint', spec(name))).code).toBe('INVALID_ARGUMENT');
    }
    const { endpoint } = await world.ask('createNexusEndpoint', spec('my-endpoint1'));
    expect(endpoint.version).toBe(1);
    expect(endpoint.urlPrefix).toBe(`/nexus/endpoints/${endpoint.id}/services`);
    expect(endpoint).not.toHaveProperty('lastModifiedTime');
  });

  test('[78] a duplicate name and an unknown target namespace are refused', async () => {
    const world = await stage();
    const duplicate = await world.refused('createNexusEndpoint', spec('payments-endpoint'));
    expect(duplicate.code).toBe('ALREADY_EXISTS');
    const nowhere = await world.refused(
      'createNexusEndpoint',
      spec('nowhere-endpoint', { namespace: 'nowhere', taskQueue: 'q' }),
    );
    expect(nowhere.code).toBe('FAILED_PRECONDITION');
  });

  test('[79] an update needs the present version', async () => {
    const world = await stage();
    const { id } = await endpointOf(world);
    const update = { id, version: 1, ...spec('renamed-endpoint') };
    const { endpoint } = await world.ask('updateNexusEndpoint', update);
    expect(endpoint.version).toBe(2);
    expect(endpoint).toHaveProperty('lastModifiedTime');
    const stale = await world.refused('updateNexusEndpoint', update);
    expect(stale.code).toBe('FAILED_PRECONDITION');
    expect(stale.message).toContain('nexus endpoint version mismatch');
  });

  test('[80] a deleted endpoint fails the next attempt; one of the same name takes its place', async () => {
    const gone = await stage(paused);
    await retrying(gone);
    await gone.ask('deleteNexusEndpoint', await endpointOf(gone));
    await gone.driver.advance(seconds(1));
    const { failure } = eventOf(await gone.history('orders', 'order-1'), 'NEXUS_OPERATION_FAILED').attributes;
    expect(failure.cause).toMatchObject({
      message: 'endpoint not registered',
      nexusHandlerFailureInfo: { type: 'NOT_FOUND' },
    });
    const made = await stage(paused);
    await retrying(made);
    await made.ask('deleteNexusEndpoint', await endpointOf(made));
    await made.endpoint('payments-endpoint', target);
    await made.driver.advance(seconds(1));
    await answerNexusTask(made, await takeNexusTask(made), sync('ok'));
    expect(nexusTypes(await made.history('orders', 'order-1'))).toEqual(['SCHEDULED', 'COMPLETED']);
  });

  test('[81] a renamed endpoint is still found, by its id', async () => {
    const world = await stage(paused);
    await retrying(world);
    await world.ask('updateNexusEndpoint', { ...(await endpointOf(world)), ...spec('renamed-endpoint') });
    await world.driver.advance(seconds(1));
    await answerNexusTask(world, await takeNexusTask(world), sync('ok'));
    expect(typesOf(await world.history('orders', 'order-1'))).toContain('NEXUS_OPERATION_COMPLETED');
  });

  test('[82] listing: 100 by default in order of id, 1001 refused, a name gives one at most', async () => {
    const world = await stage();
    for (let index = 0; index < 120; index++) await world.endpoint(`endpoint-${index}`, target);
    // A page size of 0 is absent on the wire.
    const { endpoints } = await world.ask('listNexusEndpoints', {});
    const ids = endpoints.map(({ id }) => id);
    expect(ids).toHaveLength(100);
    expect(ids).toEqual([...ids].sort());
    expect((await world.refused('listNexusEndpoints', { pageSize: 1_001 })).code).toBe('INVALID_ARGUMENT');
    const named = await world.ask('listNexusEndpoints', { name: 'endpoint-7' });
    expect(named.endpoints.map((endpoint) => endpoint.spec.name)).toEqual(['endpoint-7']);
    expect((await world.ask('listNexusEndpoints', { name: 'endpoint-777' })).endpoints).toEqual([]);
  });

  test('[83] a namespace that is a target is not deleted, unless a limit allows it', async () => {
    const world = await stage(paused);
    const refusal = await world.refused('deleteNamespace', { namespace: 'payments' });
    expect(refusal).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'cannot delete a namespace that is a target of a Nexus endpoint payments-endpoint',
    });
    await world.ask('deleteNexusEndpoint', await endpointOf(world));
    await world.ask('deleteNamespace', { namespace: 'payments' });
    const lenient = await stage({ ...paused, limits: { allowDeleteNamespaceIfNexusEndpointTarget: true } });
    await lenient.ask('deleteNamespace', { namespace: 'payments' });
    expect((await lenient.refused('describeNamespace', { namespace: 'payments' })).code).toBe('NOT_FOUND');
  });

  test('[84] a caller namespace that is not on the list, the target too, fails its workflow task', async () => {
    const world = await stage({ ...paused, profile: 'cloud' });
    world.driver.allowCallers('payments-endpoint', ['shop']);
    expect(await refusedTask(world, [schedule()])).toContain(
      'caller namespace "orders" unauthorized for "payments-endpoint"',
    );
    const failed = eventOf(await world.history('orders', 'order-1'), 'WORKFLOW_TASK_FAILED');
    expect(failed.attributes.cause).toBe('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES');
    await world.start({ ...order, namespace: 'payments' });
    const { taskToken = '' } = await takeTask(world, { namespace: 'payments', taskQueue: 'orders' });
    const commands = [schedule()];
    const own = { namespace: 'payments', taskToken, commands };
    expect((await world.refused('respondWorkflowTaskCompleted', own)).message).toContain('unauthorized');
  });
});
