/** The names that several parts of a world file give. */
import { ID_LENGTH_MAX } from '../protocol/ids.ts';
import { located, text, type Shape } from './shape.ts';
import { required } from './shape-collection.ts';

/** Most entries of a list or mapping. */
export const ENTRIES_MAX = 1_000;

const idPattern = new RegExp(`^[\\s\\S]{1,${ID_LENGTH_MAX}}$`);
const name = (what: string, example: string): Shape<string> => text(what, example, idPattern);
export const namespaceName = name('the name of a namespace', 'payments');
export const workerName = name('the name of a worker', 'charge-worker');
export const workflowName = name('the name of a workflow', 'Charge');
export const activityName = name('the name of an activity', 'chargeCard');
export const signalName = name('the name of a signal', 'decision');
export const workflowId = located(name('a workflow id', 'checkout-1'));
export const taskQueueName = name('the name of a task queue', 'charges');

export const queueAddress = {
  namespace: required(located(namespaceName), 'A namespace from the list of namespaces.'),
  taskQueue: required(located(taskQueueName), 'The task queue, as workers poll it.'),
};
