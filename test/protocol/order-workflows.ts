// A shop and its bank: what both sides of the recorded histories in test/fixtures/histories run.
import * as nexus from 'nexus-rpc';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  createNexusServiceClient,
  defineSignal,
  executeChild,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';

export interface Order {
  readonly order: string;
}

export const bankService = nexus.service('BankService', {
  /** Answers at once. */
  quote: nexus.operation<Order, number>({ name: 'quote' }),
  /** A workflow in two runs. */
  charge: nexus.operation<Order, string>({ name: 'charge' }),
  /** A workflow that lasts until it is cancelled. */
  hold: nexus.operation<Order, string>({ name: 'hold' }),
  /** Says no. */
  credit: nexus.operation<Order, string>({ name: 'credit' }),
  /** Its handler never gets anywhere. */
  audit: nexus.operation<Order, string>({ name: 'audit' }),
});

export interface OrderActivities {
  reserve(order: string): Promise<string>;
}

const bank = () => createNexusServiceClient({ service: bankService, endpoint: 'bank-endpoint' });

/** Everything that histories tell bars of, once. */
export async function placeOrder(order: string): Promise<string> {
  const { reserve } = proxyActivities<OrderActivities>({
    startToCloseTimeout: '10 seconds',
    retry: { initialInterval: '50 milliseconds' },
  });
  let isShipped = false;
  setHandler(defineSignal('ship'), () => {
    isShipped = true;
  });
  await sleep('100 milliseconds');
  await reserve(order);
  await executeChild(packOrder, { workflowId: `pack-${order}`, args: [order] });
  await bank().executeOperation('quote', { order });
  const receipt = await bank().executeOperation('charge', { order });
  await holdForAWhile(order);
  await bank()
    .executeOperation('credit', { order })
    .catch(() => 'no credit');
  await condition(() => isShipped);
  return receipt;
}

async function holdForAWhile(order: string): Promise<void> {
  const scope = new CancellationScope();
  const held = scope.run(() => bank().executeOperation('hold', { order }));
  await sleep('300 milliseconds');
  scope.cancel();
  await held.catch(() => undefined);
}

export async function packOrder(order: string): Promise<string> {
  await sleep('50 milliseconds');
  return `${order} packed`;
}

/** Calls what never gets anywhere. */
export async function auditOrder(order: string): Promise<string> {
  return bank().executeOperation('audit', { order });
}

export async function chargeCard(order: string, rest = 1): Promise<string> {
  await sleep('100 milliseconds');
  if (rest > 0) await continueAsNew<typeof chargeCard>(order, rest - 1);
  return `${order} charged`;
}

export async function holdFunds(order: string): Promise<string> {
  await condition(() => false);
  throw ApplicationFailure.nonRetryable(`${order} is held for ever`);
}
