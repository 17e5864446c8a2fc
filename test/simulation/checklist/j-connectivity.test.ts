import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../../../simulator/base/cancellation.ts';
import { json } from '../../harness/world.ts';
import { stage, sync, target } from './stage.ts';

const standaloneMethods = [
  'startNexusOperationExecution',
  'describeNexusOperationExecution',
  'pollNexusOperationExecution',
  'listNexusOperationExecutions',
  'countNexusOperationExecutions',
  'requestCancelNexusOperationExecution',
  'terminateNexusOperationExecution',
  'deleteNexusOperationExecution',
] as const;

describe('worker connectivity', () => {
  test('[98] GetSystemInfo reports nexus, and DescribeNamespace works', async () => {
    const world = await stage();
    const { capabilities } = await world.ask('getSystemInfo', {});
    expect(capabilities).toHaveProperty('nexus', true);
    const { namespaceInfo } = await world.ask('describeNamespace', { namespace: 'payments' });
    expect(namespaceInfo).toMatchObject({ name: 'payments', state: 'REGISTERED' });
  });

  test('[99] standalone operations: all of it refused while off; one run per request id; a poll waits', async () => {
    const off = await stage();
    const named = { namespace: 'orders', operationId: 'op' };
    for (const method of standaloneMethods) {
      expect(await off.refused(method, named)).toEqual({
        code: 'UNIMPLEMENTED',
        message: 'Standalone Nexus operation is disabled',
      });
    }
    const { namespaceInfo } = await off.ask('describeNamespace', { namespace: 'orders' });
    expect(namespaceInfo.capabilities).toEqual({});

    const world = await stage({ limits: { standaloneOperations: true } });
    expect(
      (await world.ask('describeNamespace', { namespace: 'orders' })).namespaceInfo.capabilities,
    ).toEqual({
      standaloneNexusOperation: true,
    });
    const request = {
      ...named,
      requestId: 'first',
      endpoint: 'payments-endpoint',
      service: 'Service',
      operation: 'operation',
    };
    const { runId, started } = await world.ask('startNexusOperationExecution', request);
    expect(started).toBe(true);
    const again = { runId, started: false };
    expect(await world.ask('startNexusOperationExecution', request)).toEqual(again);
    expect(await world.refused('startNexusOperationExecution', { ...request, requestId: 'second' })).toEqual({
      code: 'ALREADY_EXISTS',
      message: `nexus operation execution already started: request_id=first, run_id=${runId}`,
      detail: {
        type: 'NexusOperationExecutionAlreadyStartedFailure',
        value: { startRequestId: 'first', runId },
      },
    });
    const joining = { ...request, requestId: 'second', idConflictPolicy: 'USE_EXISTING' } as const;
    expect(await world.ask('startNexusOperationExecution', joining)).toEqual(again);

    const expiry = new CancellationSource();
    const expired = world.driver.call('pollNexusOperationExecution', named, { signal: expiry.signal });
    expiry.cancel();
    expect(await expired).toEqual({ ok: true, value: {} });
    const polled = world.ask('pollNexusOperationExecution', { ...named, waitStage: 'CLOSED' });
    world.handler(target, () => sync('paid'));
    expect(await polled).toEqual({ runId, waitStage: 'CLOSED', result: json('paid') });
    const { info } = await world.ask('describeNexusOperationExecution', named);
    expect(info).toMatchObject({ status: 'COMPLETED', attempt: 1, runId });
    await world.ask('deleteNexusOperationExecution', named);
    expect(await world.ask('countNexusOperationExecutions', { namespace: 'orders' })).toEqual({ count: 0 });
  });
});
