/** The grammar of workers and of what their handlers do. */
import { handlerErrors, type HandlerErrorType } from '../protocol/nexus.ts';
import { dynamicText, dynamicValue } from './dynamic-shape.ts';
import { activityName, ENTRIES_MAX, queueAddress, signalName, workflowName } from './name-shape.ts';
import { operationKey } from './operation-name.ts';
import { workflowOptions } from './option-shape.ts';
import {
  duration,
  flag,
  located,
  named,
  oneOf,
  positiveDuration,
  text,
  wholeNumber,
  type Shape,
} from './shape.ts';
import { choice, namedValues, optional, record, required } from './shape-collection.ts';
import { idConflictPolicies } from './workflow-options.ts';
import type { ActivityBehaviour, ActivityFault, Behaviour, HandlerFault, Worker } from './world.ts';

const INSTANCES_MAX = 100;

export const handlerFault: Shape<HandlerFault> = named('handlerFault', () =>
  record(
    { what: 'a handler error' },
    {
      type: required(
        oneOf(Object.keys(handlerErrors) as readonly HandlerErrorType[]),
        'The type of the handler error, as on the wire.',
      ),
      message: optional(text('a text', 'no money'), 'What the caller reads.'),
      retryable: optional(flag, 'Overrides what the type means for retrying.'),
    },
  ),
);

export const activityFault: Shape<ActivityFault> = named('activityFault', () =>
  record(
    { what: 'a failure of an activity' },
    {
      type: required(text('the type of a failure', 'Declined'), 'The type of the application failure.'),
      message: optional(text('a text', 'no money'), 'What the workflow reads; the type if absent.'),
      nonRetryable: optional(flag, 'It is not tried again, whatever its retry policy says.', {
        default: false,
      }),
      nextRetryDelay: optional(
        positiveDuration,
        'The wait before the next attempt, in place of the policy’s.',
        {
          example: '30s',
        },
      ),
    },
  ),
);

const after = optional(duration, 'How long it takes, on the virtual clock.', {
  default: '0s',
  example: '120ms',
});

const workflowBehaviour = record(
  { what: 'an operation that starts a workflow' },
  {
    workflow: required(located(workflowName), 'The workflow to start; its result is the operation’s result.'),
    id: optional(dynamicText, 'The workflow id; by default made from the request id. ${input} is known.', {
      example: 'charge-${input.orderId}',
    }),
    conflict: optional(
      oneOf(idConflictPolicies),
      'What to do when a workflow with this id is running: refuse the call, attach the caller to it, or end it and start anew.',
      { default: 'fail', example: 'use-existing' },
    ),
    ...workflowOptions,
    after,
  },
);

const signalBehaviour = record(
  { what: 'an operation that sends a signal' },
  {
    signal: required(signalName, 'The name of the signal.'),
    workflowId: required(
      dynamicText,
      'The workflow that gets it, in the worker’s namespace. ${input} is known.',
    ),
    input: optional(dynamicValue, 'What the signal brings. ${input} is known.'),
    after,
  },
);

const outcomeError = record(
  { what: 'an operation error' },
  {
    state: required(oneOf(['failed', 'canceled']), 'How the operation ends.'),
    message: optional(text('a text', 'no money'), 'What the caller reads.'),
  },
);

const behaviour: Shape<Behaviour> = named('behaviour', () =>
  choice(
    { what: 'an operation' },
    {
      reply: record(
        { what: 'an operation that replies' },
        { reply: required(dynamicValue, 'The result. ${input} is the operation’s input.'), after },
      ),
      workflow: workflowBehaviour,
      signal: signalBehaviour,
      fail: record(
        { what: 'an operation that fails' },
        { fail: required(handlerFault, 'A handler error; retried when it is retryable.'), after },
      ),
      error: record(
        { what: 'an operation with an operation error' },
        {
          error: required(outcomeError, 'The operation itself ends unsuccessfully and is not retried.'),
          after,
        },
      ),
    },
  ),
);

const activityBehaviour: Shape<ActivityBehaviour> = named('activityBehaviour', () => {
  const heartbeat = optional(
    positiveDuration,
    'How often it heartbeats while it works; never if absent. A heartbeat is where it hears that it is cancelled.',
    { example: '5s' },
  );
  return choice(
    { what: 'an activity of a worker' },
    {
      reply: record(
        { what: 'an activity that succeeds' },
        { reply: required(dynamicValue, 'The result. ${input} is the activity’s input.'), after, heartbeat },
      ),
      fail: record(
        { what: 'an activity that fails' },
        { fail: required(activityFault, 'An application failure.'), after, heartbeat },
      ),
    },
  );
});

export const worker: Shape<Worker> = named('worker', () =>
  record(
    { what: 'a worker' },
    {
      ...queueAddress,
      instances: optional(wholeNumber({ from: 1, to: INSTANCES_MAX }), 'How many processes it stands for.', {
        default: 1,
        example: 2,
      }),
      external: optional(flag, 'A real worker will attach; nothing is scripted.', { default: false }),
      operations: optional(
        namedValues(behaviour, { key: operationKey, max: ENTRIES_MAX }),
        'What the handlers do, by Service.operation.',
      ),
      activities: optional(
        namedValues(activityBehaviour, { key: activityName, max: ENTRIES_MAX }),
        'What the activities do, by activity type.',
      ),
    },
  ),
);
