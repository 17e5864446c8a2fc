/** The grammar of world files, top down. Sentences, types and the JSON Schema for editors all come from here. */
import { isSeq } from 'yaml';
import { ENDPOINT_NAME_PATTERN, ID_LENGTH_MAX } from '../protocol/ids.ts';
import { handlerErrors, type HandlerErrorType } from '../protocol/nexus.ts';
import { condition, dynamicText, dynamicValue } from './dynamic-shape.ts';
import { eventTypes } from './event-types.ts';
import { attempts, operationName, operationOfWorkflow, operationPath } from './operation-name.ts';
import { rangeOf } from './reader.ts';
import {
  checked,
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
import { choice, list, namedValues, optional, record, required } from './shape-collection.ts';
import {
  expectedOutcomes,
  expectedStatuses,
  type Behaviour,
  type Endpoint,
  type Expectation,
  type Fault,
  type HandlerFault,
  type ParallelStep,
  type Start,
  type Step,
  type Worker,
  type World,
} from './world.ts';

const INSTANCES_MAX = 100;
const ENTRIES_MAX = 1_000;

/** Every task of a workflow replays all its steps, so their number is kept small. */
const STEPS_MAX = 200;

const idPattern = new RegExp(`^[\\s\\S]{1,${ID_LENGTH_MAX}}$`);
const name = (what: string): Shape<string> => text(what, idPattern);
const namespaceName = name('the name of a namespace');
const taskQueueName = name('the name of a task queue');
const workflowName = name('the name of a workflow');

const handlerFault: Shape<HandlerFault> = named('handlerFault', () =>
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

const queueAddress = {
  namespace: required(located(namespaceName), 'A namespace from the list of namespaces.'),
  taskQueue: required(located(taskQueueName), 'The task queue, as workers poll it.'),
};

const endpoint: Shape<Endpoint> = named('endpoint', () =>
  record(
    { what: 'an endpoint', later: ['allow', 'description'] },
    {
      target: required(
        record({ what: 'a target', later: ['url'] }, queueAddress),
        'The task queue whose workers handle the operations.',
      ),
    },
  ),
);

const after = optional(duration, 'How long the handler takes, on the virtual clock.');

const behaviour: Shape<Behaviour> = named('behaviour', () =>
  choice(
    { what: 'an operation' },
    {
      reply: record(
        { what: 'an operation that replies' },
        { reply: required(dynamicValue, 'The result. ${input} is the operation’s input.'), after },
      ),
      workflow: record(
        { what: 'an operation that starts a workflow' },
        {
          workflow: required(
            located(workflowName),
            'The workflow to start; its result is the operation’s result.',
          ),
          id: optional(
            dynamicText,
            'The workflow id; by default made from the request id. ${input} is known.',
          ),
          after,
        },
      ),
      fail: record(
        { what: 'an operation that fails' },
        { fail: required(handlerFault, 'A handler error; retried when it is retryable.'), after },
      ),
      error: record(
        { what: 'an operation with an operation error' },
        {
          error: required(
            record(
              { what: 'an operation error' },
              {
                state: required(oneOf(['failed', 'canceled']), 'How the operation ends.'),
                message: optional(text('a text'), 'What the caller reads.'),
              },
            ),
            'The operation itself ends unsuccessfully and is not retried.',
          ),
          after,
        },
      ),
    },
  ),
);

const worker: Shape<Worker> = named('worker', () =>
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
        namedValues(behaviour, { key: operationName, max: ENTRIES_MAX }),
        'What the handlers do, by Service.operation.',
      ),
    },
  ),
);

const when = optional(condition, 'The step is skipped unless this holds.');

const waiting = {
  call: record(
    { what: 'a call', later: ['cancellation', 'scheduleToStart', 'startToClose', 'header'] },
    {
      call: required(operationPath, 'endpoint/Service.operation'),
      input: optional(dynamicValue, 'The operation’s input.'),
      as: optional(
        located(text('a name such as auth', /^[\p{L}_][\p{L}\p{N}_]*$/u)),
        'The name under which later steps know the result.',
      ),
      scheduleToClose: optional(positiveDuration, 'Fails the call when it takes longer, retries included.'),
      when,
    },
  ),
  sleep: record({ what: 'a sleep' }, { sleep: required(positiveDuration, 'A workflow timer.'), when }),
};

const parallelStep: Shape<ParallelStep> = named('parallelStep', () =>
  choice({ what: 'a parallel step' }, waiting),
);

const step: Shape<Step> = named('step', () =>
  choice(
    { what: 'a step', later: ['signal', 'waitFor', 'child', 'activity', 'cancel'] },
    {
      ...waiting,
      fail: record(
        { what: 'a failing step' },
        {
          fail: required(
            record(
              { what: 'an application failure' },
              {
                type: required(text('the type of the failure'), 'The type of the application failure.'),
                message: optional(dynamicText, 'The message; the type if absent.'),
              },
            ),
            'Ends the workflow with an application failure.',
          ),
          when,
        },
      ),
      return: record(
        { what: 'a returning step' },
        { return: required(dynamicValue, 'Ends the workflow with this result.'), when },
      ),
      parallel: record(
        { what: 'a parallel block' },
        { parallel: required(list(parallelStep, STEPS_MAX), 'Waits for all of these at once.'), when },
      ),
    },
  ),
);

/** Steps after one that always ends the workflow would be there for nothing. */
const script: Shape<readonly Step[]> = checked(list(step, STEPS_MAX), (steps, place, reader) => {
  const end = steps.findIndex(
    ({ kind, when: guard }) => guard === undefined && (kind === 'return' || kind === 'fail'),
  );
  const items = isSeq(place.node) ? place.node.items : [];
  const next = end < 0 || items.length !== steps.length ? undefined : rangeOf(items[end + 1]);
  if (next === undefined) return;
  const message = 'This step is never reached: the workflow ends before it; remove it or add a "when".';
  reader.report(next, message);
});

const fault: Shape<Fault> = named('fault', () =>
  record(
    { what: 'a fault', later: ['at', 'worker', 'down', 'callback', 'deliver'] },
    {
      operation: required(operationPath, 'endpoint/Service.operation'),
      attempts: required(attempts, 'Which start attempts fail: a number, or a range such as 1..3.'),
      fail: required(handlerFault, 'How they fail.'),
    },
  ),
);

const start: Shape<Start> = named('start', () =>
  record(
    { what: 'a workflow to start', later: ['at'] },
    {
      workflow: required(located(workflowName), 'The workflow type.'),
      id: required(located(name('a workflow id')), 'The workflow id.'),
      ...queueAddress,
      input: optional(dynamicValue, 'The workflow’s input.'),
    },
  ),
);

const expectation: Shape<Expectation> = named('expectation', () =>
  choice(
    { what: 'an expectation', later: ['breaker', 'never'] },
    {
      workflow: record(
        { what: 'an expectation of a workflow', oneOf: ['status', 'within'] },
        {
          workflow: required(located(name('a workflow id')), 'The workflow id.'),
          status: optional(oneOf(expectedStatuses), 'How the workflow stands at the end.'),
          within: optional(duration, 'Longest time from its start to its end.'),
        },
      ),
      operation: record(
        { what: 'an expectation of an operation', oneOf: ['attempts', 'outcome'] },
        {
          operation: required(operationOfWorkflow, 'workflow id / Service.operation'),
          attempts: optional(attempts, 'How many start attempts it took: a number, or a range such as 1..3.'),
          outcome: optional(oneOf(expectedOutcomes), 'How it ended.'),
        },
      ),
      history: record(
        { what: 'an expectation of a history' },
        {
          history: required(located(name('a workflow id')), 'The workflow id.'),
          contains: required(list(oneOf(eventTypes), ENTRIES_MAX), 'Event types that occur in this order.'),
        },
      ),
    },
  ),
);

/** A world as it is written, before defaults. */
export type WorldText = Partial<World> & { readonly nexus: 1 };

export const worldShape: Shape<WorldText> = record(
  { what: 'a world file', later: ['limits', 'contracts', 'include', 'seed'] },
  {
    nexus: required(oneOf([1]), 'The version of the file format.'),
    profile: optional(oneOf(['cloud', 'server']), 'Whose behaviour to follow; Temporal Cloud’s if absent.'),
    namespaces: optional(list(located(namespaceName), ENTRIES_MAX), 'Every namespace there is.'),
    endpoints: optional(
      namedValues(endpoint, {
        key: text(
          'the name of an endpoint (a letter, then letters, digits and hyphens)',
          new RegExp(ENDPOINT_NAME_PATTERN),
        ),
        max: ENTRIES_MAX,
      }),
      'Nexus endpoints by name.',
    ),
    workers: optional(
      namedValues(worker, { key: name('the name of a worker'), max: ENTRIES_MAX }),
      'Workers by name.',
    ),
    workflows: optional(
      namedValues(script, { key: workflowName, max: ENTRIES_MAX }),
      'Scripted workflows by type, each a list of steps.',
    ),
    faults: optional(list(fault, ENTRIES_MAX), 'What goes wrong.'),
    start: optional(list(start, ENTRIES_MAX), 'Workflows that run from the beginning.'),
    expect: optional(list(located(expectation), ENTRIES_MAX), 'What must hold at the end.'),
  },
);
