import { ms } from '../../simulator/base/time.ts';
import type { RequestOf, ResponseOf } from '../../simulator/protocol/temporal/methods.ts';
import { json, type World } from '../harness/world.ts';
import { running, stage, target } from './checklist/stage.ts';

/* What the tests of standalone operations share: a world in which they are on, and a handler behind them. */

export type StartRequest = RequestOf<'startNexusOperationExecution'>;
type Described = ResponseOf<'describeNexusOperationExecution'>;

const limits = { standaloneOperations: true };
export const named = { namespace: 'orders', operationId: 'op-1' };
export const base: StartRequest = {
  ...named,
  endpoint: 'payments-endpoint',
  service: 'Service',
  operation: 'operation',
};

export const open = (options: Parameters<typeof stage>[0] = {}): Promise<World> =>
  stage({ ...options, limits: { ...limits, ...options.limits } });

export const start = (
  world: World,
  request: Partial<StartRequest> = {},
): Promise<ResponseOf<'startNexusOperationExecution'>> =>
  world.ask('startNexusOperationExecution', { ...base, ...request });

export const describeIt = (
  world: World,
  request: Partial<RequestOf<'describeNexusOperationExecution'>> = {},
): Promise<Described> =>
  world.ask('describeNexusOperationExecution', { ...named, includeOutcome: true, ...request });

export const infoOf = (described: Described): NonNullable<Described['info']> => {
  if (described.info === undefined) throw new Error('no info');
  return described.info;
};

export const information = async (world: World): Promise<NonNullable<Described['info']>> =>
  infoOf(await describeIt(world));

/** Long enough for a callback that the simulator's handlers give, which is at once. */
export const moment = ms(10);

/** A handler whose operation is a workflow of the target's namespace that ends when it is signalled, cancelled or terminated. */
export function workflowHandler(world: World): void {
  world.handler(target, async (request) => {
    if (request.cancelOperation !== undefined) {
      const workflowExecution = { workflowId: request.cancelOperation.operationToken ?? '' };
      // Once its answer is on record.
      void world.driver
        .sleep(moment)
        .then(() =>
          world.ask('requestCancelWorkflowExecution', { namespace: 'payments', workflowExecution }),
        );
      return { cancelled: true };
    }
    const { callback = '', callbackHeader = {}, requestId = '' } = request.startOperation ?? {};
    await world.start({
      namespace: 'payments',
      workflowId: 'charge-1',
      workflowType: { name: 'Charge' },
      taskQueue: { name: 'billing' },
      requestId,
      completionCallbacks: [
        {
          nexus: { url: callback, header: { ...callbackHeader, 'Nexus-Operation-Token': 'charge-1' } },
          links: [
            { nexusOperation: { namespace: 'orders', operationId: 'op-1', runId: 'is told by the link' } },
          ],
        },
      ],
    });
    return running('charge-1');
  });
  world.workflow({ namespace: 'payments', taskQueue: 'billing' }, (history) => {
    if (history.some(({ eventType }) => eventType === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED')) {
      return [{ commandType: 'CANCEL_WORKFLOW_EXECUTION', attributes: {} }];
    }
    if (history.some(({ eventType }) => eventType === 'WORKFLOW_EXECUTION_SIGNALED')) {
      const result = { payloads: [json('charged')] };
      return [{ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: { result } }];
    }
    return [];
  });
}

export const signalCharge = (world: World): Promise<ResponseOf<'signalWorkflowExecution'>> =>
  world.ask('signalWorkflowExecution', {
    namespace: 'payments',
    workflowExecution: { workflowId: 'charge-1' },
    signalName: 'go',
  });
