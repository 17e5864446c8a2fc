/** The grammar of what must hold at the end. */
import { eventTypes } from './event-types.ts';
import { dynamicValue } from './dynamic-shape.ts';
import { ENTRIES_MAX, workflowId } from './name-shape.ts';
import {
  activityOfWorkflow,
  attempts,
  breakerPath,
  eventOfWorkflow,
  operationOfWorkflow,
} from './operation-name.ts';
import { duration, named, oneOf, text, type Shape } from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import {
  breakerStates,
  expectedOutcomes,
  expectedStatuses,
  type ExpectedFailure,
  type Expectation,
} from './world.ts';

const failure: Shape<ExpectedFailure> = named('expectedFailure', () =>
  record(
    { what: 'an expected failure', oneOf: ['type', 'message'] },
    {
      type: optional(
        text('the type of a failure', 'Declined'),
        'Its type: of an application failure, a handler error, or a timeout (SCHEDULE_TO_CLOSE).',
      ),
      message: optional(text('a text', 'no money'), 'Its message, without those of what wraps it.'),
    },
  ),
);

const failureField = optional(failure, 'Why it failed: the innermost cause.');

const workflow = record(
  { what: 'an expectation of a workflow', oneOf: ['status', 'within', 'result', 'failure'] },
  {
    workflow: required(
      workflowId,
      'The workflow id. Of a workflow that has several runs the last one counts.',
    ),
    status: optional(oneOf(expectedStatuses), 'How the workflow stands at the end.', {
      example: 'completed',
    }),
    within: optional(duration, 'Longest time from its start to its end.', { example: '4d' }),
    result: optional(dynamicValue, 'Its result, to the letter; it has no ${…}.', { example: { done: true } }),
    failure: failureField,
  },
);

const operation = record(
  { what: 'an expectation of an operation', oneOf: ['attempts', 'outcome', 'within', 'failure'] },
  {
    operation: required(operationOfWorkflow, 'workflow id / Service.operation'),
    attempts: optional(attempts, 'How many start attempts it took: a number, or a range such as 1..3.'),
    outcome: optional(oneOf(expectedOutcomes), 'How it ended.'),
    within: optional(duration, 'Longest time from when it was scheduled to its end.'),
    failure: failureField,
  },
);

const activity = record(
  { what: 'an expectation of an activity', oneOf: ['attempts', 'outcome', 'within'] },
  {
    activity: required(activityOfWorkflow, 'workflow id / activity type'),
    attempts: optional(attempts, 'How many attempts it took: a number, or a range such as 1..3.'),
    outcome: optional(oneOf(expectedOutcomes), 'How it ended.'),
    within: optional(duration, 'Longest time from when it was scheduled to its end.'),
  },
);

const history = record(
  { what: 'an expectation of a history', oneOf: ['contains', 'never'] },
  {
    history: required(workflowId, 'The workflow id.'),
    contains: optional(
      list(oneOf(eventTypes), ENTRIES_MAX),
      'Event types that occur in this order, perhaps with others between them.',
      { example: ['NEXUS_OPERATION_SCHEDULED', 'NEXUS_OPERATION_COMPLETED'] },
    ),
    never: optional(list(oneOf(eventTypes), ENTRIES_MAX), 'Event types that do not occur.', {
      example: ['WORKFLOW_TASK_FAILED'],
    }),
  },
);

const order = record(
  { what: 'an expectation of an order' },
  {
    order: required(
      list(eventOfWorkflow, ENTRIES_MAX),
      'Events of several workflows, each "workflow id / EVENT_TYPE", none later than the next.',
    ),
  },
);

const breaker = record(
  { what: 'an expectation of a circuit breaker', oneOf: ['state', 'reached', 'never'] },
  {
    breaker: required(breakerPath, 'calling namespace → endpoint'),
    state: optional(oneOf(breakerStates), 'How it stands at the end.'),
    reached: optional(oneOf(breakerStates), 'How it stood at some time.'),
    never: optional(oneOf(breakerStates), 'How it never stood.'),
  },
);

const clock = record(
  { what: 'an expectation of the clock' },
  {
    clock: required(
      record(
        { what: 'a limit of the clock' },
        { within: required(duration, 'The latest virtual time at which anything happens.') },
      ),
      'When the world comes to rest.',
    ),
  },
);

export const expectation: Shape<Expectation> = named('expectation', () =>
  choice({ what: 'an expectation' }, { workflow, operation, activity, history, order, breaker, clock }),
);
