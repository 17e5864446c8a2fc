/** The grammar of what must hold at the end. */
import { eventTypes } from './event-types.ts';
import { ENTRIES_MAX, name } from './name-shape.ts';
import { attempts, breakerPath, operationOfWorkflow, eventOfWorkflow } from './operation-name.ts';
import { duration, located, named, oneOf, type Shape } from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import { breakerStates, expectedOutcomes, expectedStatuses, type Expectation } from './world.ts';

const workflow = record(
  { what: 'an expectation of a workflow', oneOf: ['status', 'within'] },
  {
    workflow: required(located(name('a workflow id')), 'The workflow id.'),
    status: optional(oneOf(expectedStatuses), 'How the workflow stands at the end.'),
    within: optional(duration, 'Longest time from its start to its end.'),
  },
);

const operation = record(
  { what: 'an expectation of an operation', oneOf: ['attempts', 'outcome', 'within'] },
  {
    operation: required(operationOfWorkflow, 'workflow id / Service.operation'),
    attempts: optional(attempts, 'How many start attempts it took: a number, or a range such as 1..3.'),
    outcome: optional(oneOf(expectedOutcomes), 'How it ended.'),
    within: optional(duration, 'Longest time from when it was scheduled to its end.'),
  },
);

const history = record(
  { what: 'an expectation of a history' },
  {
    history: required(located(name('a workflow id')), 'The workflow id.'),
    contains: required(list(oneOf(eventTypes), ENTRIES_MAX), 'Event types that occur in this order.'),
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

export const expectation: Shape<Expectation> = named('expectation', () =>
  choice({ what: 'an expectation' }, { workflow, operation, history, order, breaker }),
);
