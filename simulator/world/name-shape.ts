/** The names that several parts of a world file give. */
import { ID_LENGTH_MAX } from '../protocol/ids.ts';
import { located, text, type Shape } from './shape.ts';
import { required } from './shape-collection.ts';

/** Most entries of a list or mapping. */
export const ENTRIES_MAX = 1_000;

const idPattern = new RegExp(`^[\\s\\S]{1,${ID_LENGTH_MAX}}$`);
export const name = (what: string): Shape<string> => text(what, idPattern);
export const namespaceName = name('the name of a namespace');
export const workflowName = name('the name of a workflow');
const taskQueueName = name('the name of a task queue');

export const queueAddress = {
  namespace: required(located(namespaceName), 'A namespace from the list of namespaces.'),
  taskQueue: required(located(taskQueueName), 'The task queue, as workers poll it.'),
};
