/** The grammar of what happens: what starts, what is done meanwhile, what goes wrong. */
import { dynamicValue } from './dynamic-shape.ts';
import { name, namespaceName, queueAddress, workflowName } from './name-shape.ts';
import { attempts, operationName, operationPath } from './operation-name.ts';
import { duration, located, named, parsedText, positiveDuration, text, type Shape } from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import { parseDuration } from '../base/time.ts';
import { handlerFault } from './worker-shape.ts';
import type { Delivery, Fault, Intervention, Start } from './world.ts';

const DELIVERIES_MAX = 10;
const COPIES_MAX = 100;

const at = required(duration, 'When, on the virtual clock.');

const delivery: Shape<Delivery> = parsedText(
  'how the completion comes: "late 30s", "twice" or "3 times"',
  '^(late \\S+|twice|[1-9]\\d* times)$',
  (value) => {
    const late = /^late (\S+)$/.exec(value);
    const by = late?.[1] === undefined ? undefined : parseDuration(late[1]);
    if (by !== undefined) return { kind: 'late', by };
    const count = value === 'twice' ? 2 : Number(/^(\d{1,9}) times$/.exec(value)?.[1]);
    return count >= 1 && count <= COPIES_MAX ? { kind: 'copies', count } : undefined;
  },
);

export const fault: Shape<Fault> = named('fault', () =>
  choice(
    { what: 'a fault' },
    {
      operation: record(
        { what: 'a failing operation' },
        {
          operation: required(operationPath, 'endpoint/Service.operation'),
          attempts: required(attempts, 'Which start attempts fail: a number, or a range such as 1..3.'),
          fail: required(handlerFault, 'How they fail.'),
        },
      ),
      worker: record(
        { what: 'a worker that is down' },
        {
          worker: required(located(name('the name of a worker')), 'A scripted worker.'),
          at,
          down: required(positiveDuration, 'How long it is gone; the tasks it held are lost.'),
        },
      ),
      callback: record(
        { what: 'a disturbed callback' },
        {
          callback: required(operationName, 'Service.operation'),
          deliver: required(list(delivery, DELIVERIES_MAX), 'How its completions come: late 30s, twice.'),
        },
      ),
    },
  ),
);

export const start: Shape<Start> = named('start', () =>
  record(
    { what: 'a workflow to start' },
    {
      workflow: required(located(workflowName), 'The workflow type.'),
      id: required(located(name('a workflow id')), 'The workflow id.'),
      ...queueAddress,
      input: optional(dynamicValue, 'The workflow’s input.'),
      at: optional(duration, 'When, on the virtual clock; at the beginning if absent.'),
    },
  ),
);

const workflowId = located(name('a workflow id'));
const namespace = required(located(namespaceName), 'The namespace of the workflow.');

export const intervention: Shape<Intervention> = named('intervention', () => {
  const shape = choice(
    { what: 'an intervention' },
    {
      cancel: record(
        { what: 'a request to cancel' },
        { at, cancel: required(workflowId, 'The id of the workflow that is asked to stop.'), namespace },
      ),
      terminate: record(
        { what: 'a termination' },
        { at, terminate: required(workflowId, 'The id of the workflow that is ended at once.'), namespace },
      ),
      signal: record(
        { what: 'a signal' },
        {
          at,
          signal: required(text('the name of a signal'), 'The name of the signal.'),
          workflow: required(workflowId, 'The id of the workflow that gets it.'),
          namespace,
          input: optional(dynamicValue, 'What the signal brings.'),
        },
      ),
    },
  );
  return {
    ...shape,
    read: (place, reader): Intervention | undefined => {
      const found = shape.read(place, reader);
      if (found === undefined) return undefined;
      const { kind, at: when, namespace: where } = found;
      if (found.kind === 'cancel') return { kind, at: when, namespace: where, workflowId: found.cancel };
      if (found.kind === 'terminate')
        return { kind, at: when, namespace: where, workflowId: found.terminate };
      const { workflow, signal, input } = found;
      const brought = input === undefined ? {} : { input };
      return { kind, at: when, namespace: where, workflowId: workflow, signal, ...brought };
    },
  };
});
