/** The grammar of workers and of what their handlers do. */
import { handlerErrors, type HandlerErrorType } from '../protocol/nexus.ts';
import { dynamicText, dynamicValue } from './dynamic-shape.ts';
import { ENTRIES_MAX, name, queueAddress, workflowName } from './name-shape.ts';
import { operationKey } from './operation-name.ts';
import { duration, flag, located, named, oneOf, text, wholeNumber, type Shape } from './shape.ts';
import { choice, namedValues, optional, record, required } from './shape-collection.ts';
import type { Behaviour, HandlerFault, Worker } from './world.ts';

const INSTANCES_MAX = 100;

export const handlerFault: Shape<HandlerFault> = named('handlerFault', () =>
  record(
    { what: 'a handler error' },
    {
      type: required(
        oneOf(Object.keys(handlerErrors) as readonly HandlerErrorType[]),
        'The type of the handler error, as on the wire.',
      ),
      message: optional(text('a text'), 'What the caller reads.'),
      retryable: optional(flag, 'Overrides what the type means for retrying.'),
    },
  ),
);

const after = optional(duration, 'How long the handler takes, on the virtual clock.');

const workflowBehaviour = record(
  { what: 'an operation that starts a workflow' },
  {
    workflow: required(located(workflowName), 'The workflow to start; its result is the operation’s result.'),
    id: optional(dynamicText, 'The workflow id; by default made from the request id. ${input} is known.'),
    conflict: optional(
      oneOf(['fail', 'use-existing']),
      'What to do when a workflow with this id is running: refuse the call (the default) or attach the caller to it.',
    ),
    after,
  },
);

const signalBehaviour = record(
  { what: 'an operation that sends a signal' },
  {
    signal: required(name('the name of a signal'), 'The name of the signal.'),
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
    message: optional(text('a text'), 'What the caller reads.'),
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

export const worker: Shape<Worker> = named('worker', () =>
  record(
    { what: 'a worker' },
    {
      ...queueAddress,
      instances: optional(
        wholeNumber({ from: 1, to: INSTANCES_MAX }),
        'How many processes it stands for; 1 if absent.',
      ),
      external: optional(flag, 'A real worker will attach; nothing is scripted.'),
      operations: optional(
        namedValues(behaviour, { key: operationKey, max: ENTRIES_MAX }),
        'What the handlers do, by Service.operation.',
      ),
    },
  ),
);
