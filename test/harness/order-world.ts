// The shop and the bank of test/protocol/order-workflows.ts, with real workers on any server.
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import * as nexus from 'nexus-rpc';
import { bankService, chargeCard, holdFunds, type Order } from '../protocol/order-workflows.ts';

const bankHandler = nexus.serviceHandler(bankService, {
  quote: (_, { order }) => Promise.resolve(order.length),
  charge: new WorkflowRunOperationHandler<Order, string>((context, { order }) =>
    startWorkflow(context, chargeCard, { args: [order], workflowId: `charge-${order}` }),
  ),
  hold: new WorkflowRunOperationHandler<Order, string>((context, { order }) =>
    startWorkflow(context, holdFunds, { args: [order], workflowId: `hold-${order}` }),
  ),
  credit: (_, { order }) => {
    throw new nexus.OperationError('failed', `${order} gets no credit`);
  },
  audit: (_, { order }) => {
    throw new nexus.HandlerError('UNAVAILABLE', `nobody audits ${order}`);
  },
});

let reservations = 0;
const activities = {
  reserve(order: string): Promise<string> {
    reservations += 1;
    if (reservations % 2 === 1) throw new Error(`${order} is out of stock`);
    return Promise.resolve(`${order} reserved`);
  },
};

export class OrderWorld {
  readonly #connection: NativeConnection;
  readonly #clients: Connection;
  readonly #workers: readonly { readonly worker: Worker; readonly running: Promise<void> }[];

  private constructor(connection: NativeConnection, clients: Connection, workers: readonly Worker[]) {
    this.#connection = connection;
    this.#clients = clients;
    this.#workers = workers.map((worker) => ({ worker, running: worker.run() }));
  }

  /** The namespaces `shop` and `bank` and the endpoint must be there. */
  static async open(address: string): Promise<OrderWorld> {
    const [connection, clients] = await Promise.all([
      NativeConnection.connect({ address }),
      Connection.connect({ address }),
    ]);
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../protocol/order-workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const shop = { namespace: 'shop', taskQueue: 'orders', identity: 'shop-worker', activities };
    const bank = { namespace: 'bank', taskQueue: 'charges', identity: 'bank-worker' };
    return new OrderWorld(connection, clients, [
      await Worker.create({ connection, workflowBundle, ...shop }),
      await Worker.create({ connection, workflowBundle, ...bank, nexusServices: [bankHandler] }),
    ]);
  }

  start(workflow: string, order: string): Promise<WorkflowHandle> {
    const client = new Client({ connection: this.#clients, namespace: 'shop' });
    return client.workflow.start(workflow, {
      workflowId: `${workflow}-${order}`,
      taskQueue: 'orders',
      args: [order],
    });
  }

  async close(): Promise<void> {
    for (const { worker } of this.#workers) worker.shutdown();
    await Promise.all(this.#workers.map(({ running }) => running));
    await this.#clients.close();
    await this.#connection.close();
  }
}
