/** The grammar of what happens: what starts, what is done meanwhile, what goes wrong. */
import { dynamicValue } from './dynamic-shape.ts';
import {
  activityName,
  namespaceName,
  queueAddress,
  signalName,
  workerName,
  workflowId,
  workflowName,
} from './name-shape.ts';
import { workflowOptions } from './option-shape.ts';
import { attempts, operationName, operationPath } from './operation-name.ts';
import { duration, located, named, oneOf, parsedText, positiveDuration, text, type Shape } from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import { parseDuration } from '../base/time.ts';
import { activityFault, handlerFault } from './worker-shape.ts';
import { idConflictPolicies } from './workflow-options.ts';
import type { Delivery, Fault, Intervention, Start } from './world.ts';

const DELIVERIES_MAX = 10;
const COPIES_MAX = 100;

const at = required(duration, 'When, on the virtual clock.', { example: '10s' });

const delivery: Shape<Delivery> = parsedText(
  {
    expected: 'how the completion comes: "late 30s", "twice", "3 times", "lost" or "lost 3 times"',
    example: 'late 30s',
    pattern: '^(late \\S+|lost|(lost )?(twice|[1-9]\\d* times))$',
  },
  (value) => {
    const late = /^late (\S+)$/.exec(value);
    const by = late?.[1] === undefined ? undefined : parseDuration(late[1]);
    if (by !== undefined) return { kind: 'late', by };
    const counted = /^(lost )?(?:(twice)|(\d{1,9}) times)$/.exec(value);
    const count = value === 'lost' ? 1 : counted?.[2] === undefined ? Number(counted?.[3]) : 2;
    const kind = value.startsWith('lost') ? 'lost' : 'copies';
    return count >= 1 && count <= COPIES_MAX ? { kind, count } : undefined;
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
      activity: record(
        { what: 'a failing activity' },
        {
          activity: required(located(activityName), 'The activity type, of a scripted worker.'),
          attempts: required(attempts, 'Which attempts fail: a number, or a range such as 1..3.'),
          fail: required(activityFault, 'How they fail.'),
        },
      ),
      worker: record(
        { what: 'a worker that is down' },
        {
          worker: required(located(workerName), 'A scripted worker.'),
          at,
          down: required(positiveDuration, 'How long it is gone; the tasks it held are lost.', {
            example: '2m',
          }),
        },
      ),
      callback: record(
        { what: 'a disturbed callback' },
        {
          callback: required(operationName, 'Service.operation'),
          deliver: required(
            list(delivery, DELIVERIES_MAX),
            'How its completions come: late, more than once, or after some deliveries were lost on their way.',
            { example: ['late 30s', 'twice'] },
          ),
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
      id: required(workflowId, 'The workflow id.'),
      ...queueAddress,
      input: optional(dynamicValue, 'The workflow’s input.', { example: { orderId: 'o-1' } }),
      at: optional(duration, 'When, on the virtual clock.', { default: '0s', example: '3d' }),
      startDelay: optional(
        duration,
        'How long its first workflow task waits once it has been started; a signal ends the wait.',
        { default: '0s', example: '1h' },
      ),
      requestId: optional(
        text('a request id', 'start-checkout-1'),
        'Tells repetitions of one request apart from new ones; made from the workflow id if absent.',
      ),
      idConflictPolicy: optional(
        oneOf(idConflictPolicies),
        'What to do when a workflow with this id is running.',
        { default: 'fail', example: 'terminate-existing' },
      ),
      ...workflowOptions,
    },
  ),
);

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
          signal: required(signalName, 'The name of the signal.'),
          workflow: required(workflowId, 'The id of the workflow that gets it.'),
          namespace,
          input: optional(dynamicValue, 'What the signal brings.', { example: true }),
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
