/** The grammar of the steps that ask for something: calls, activities, children and signals. */
import { disallowedHeaders } from '../protocol/nexus.ts';
import { condition, dynamicText, dynamicValue } from './dynamic-shape.ts';
import { activityName, ENTRIES_MAX, signalName, taskQueueName, workflowName } from './name-shape.ts';
import { operationPath } from './operation-name.ts';
import { retryPolicy, workflowOptions } from './option-shape.ts';
import { checked, located, oneOf, positiveDuration, text, type Shape } from './shape.ts';
import type { Located } from './source.ts';
import { namedValues, optional, record, required, type Field } from './shape-collection.ts';
import {
  activityCancellationTypes,
  cancellationTypes,
  childMilestones,
  parentClosePolicies,
  type ActivityStep,
  type CallStep,
  type ChildStep,
  type SignalStep,
  type Step,
} from './step.ts';

export const when = optional(condition, 'The step is skipped unless this holds.');

export const as = (doc: string): Field<Located<string>, false> =>
  optional(located(text('a name such as auth', 'auth', /^[\p{L}_][\p{L}\p{N}_]*$/u)), doc);

export type OnFailure = ReturnType<typeof optional<readonly Step[]>>;

const headerKey = text('the name of a header', 'trace-id', /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);

/** What the server refuses is told before it can. */
const header = checked(namedValues(dynamicText, { key: headerKey, max: ENTRIES_MAX }), (found, _, reader) => {
  const seen = new Set<string>();
  for (const { name } of found) {
    const lower = name.value.toLowerCase();
    if (disallowedHeaders.has(lower)) {
      reader.report(name.range, `The header "${name.value}" belongs to the server; choose another name.`);
    } else if (seen.has(lower)) {
      reader.report(name.range, `The header "${lower}" is given twice; remove one of the two.`);
    }
    seen.add(lower);
  }
});

const callStep = (onFailure: OnFailure) =>
  record(
    { what: 'a call' },
    {
      call: required(operationPath, 'endpoint/Service.operation'),
      input: optional(dynamicValue, 'The operation’s input.'),
      header: optional(
        header,
        'Nexus headers that the handler gets; their names do not distinguish upper and lower case.',
        { example: { 'trace-id': '${input.trace}' } },
      ),
      as: as('The name under which later steps know the result, and under which the call is cancelled.'),
      scheduleToClose: optional(positiveDuration, 'Fails the call when it takes longer, retries included.', {
        example: '1h',
      }),
      scheduleToStart: optional(
        positiveDuration,
        'Fails the call when the handler has not started it by then.',
        { example: '5m' },
      ),
      startToClose: optional(positiveDuration, 'Fails the call when it takes longer once it has started.', {
        example: '30m',
      }),
      cancellation: optional(
        oneOf(cancellationTypes),
        'When a cancelled call is over: with its end (wait-completed), when the handler has accepted the request (wait-requested), at once (try-cancel), or at once and without telling the handler (abandon).',
        { default: 'wait-completed', example: 'try-cancel' },
      ),
      when,
      onFailure,
    },
  );

const taskQueue = optional(
  located(taskQueueName),
  'The task queue, in the namespace of the workflow; the workflow’s own if absent.',
);

const activityStep = (onFailure: OnFailure) =>
  record(
    { what: 'an activity', oneOf: ['startToClose', 'scheduleToClose'] },
    {
      activity: required(located(activityName), 'The activity type.'),
      taskQueue,
      input: optional(dynamicValue, 'The activity’s only argument.'),
      as: as('The name under which later steps know the result, and under which the activity is cancelled.'),
      startToClose: optional(positiveDuration, 'Longest time of one attempt; then the next one begins.', {
        example: '30s',
      }),
      scheduleToClose: optional(
        positiveDuration,
        'Fails the activity when it takes longer, retries included.',
        {
          example: '1h',
        },
      ),
      scheduleToStart: optional(positiveDuration, 'Fails the activity when no worker has taken it by then.', {
        example: '5m',
      }),
      heartbeatTimeout: optional(positiveDuration, 'Longest time between two heartbeats of an attempt.', {
        example: '10s',
      }),
      retryPolicy: optional(retryPolicy, 'How it is tried again.', { example: { maximumAttempts: 3 } }),
      cancellation: optional(
        oneOf(activityCancellationTypes),
        'When a cancelled activity is over: at once (try-cancel), with its end (wait-completed), or at once and without telling the worker (abandon).',
        { default: 'try-cancel', example: 'wait-completed' },
      ),
      when,
      onFailure,
    },
  );

const childStep = (onFailure: OnFailure) =>
  record(
    { what: 'a child workflow' },
    {
      child: required(located(workflowName), 'The workflow type.'),
      id: required(dynamicText, 'The child’s workflow id.', { example: 'ship-${input.orderId}' }),
      taskQueue,
      input: optional(dynamicValue, 'The child’s input.'),
      as: as('The name under which later steps know the result, and under which the child is cancelled.'),
      waitFor: optional(
        oneOf(childMilestones),
        'What the step waits for: the child’s result, or only that it has started; then its ids are the result.',
        { default: 'completed', example: 'started' },
      ),
      parentClosePolicy: optional(
        oneOf(parentClosePolicies),
        'What becomes of the child when this workflow closes first.',
        { default: 'terminate', example: 'abandon' },
      ),
      cancellation: optional(
        oneOf(cancellationTypes),
        'When a cancelled child is over: with its end (wait-completed), when the request has reached it (wait-requested), at once (try-cancel), or at once and without telling it (abandon).',
        { default: 'wait-completed', example: 'try-cancel' },
      ),
      ...workflowOptions,
      when,
      onFailure,
    },
  );

const signalStep = (onFailure: OnFailure) =>
  record(
    { what: 'a signal to a workflow' },
    {
      signal: required(signalName, 'The name of the signal.'),
      workflowId: required(dynamicText, 'The workflow that gets it, in the namespace of this one.'),
      input: optional(dynamicValue, 'What the signal brings.'),
      when,
      onFailure,
    },
  );

/** A step as its record reads it; which step it is follows from its key. */
type Read<S> = Omit<S, 'kind'> & Pick<Step, 'when' | 'onFailure'>;

interface Requests {
  readonly call: Shape<Read<CallStep>>;
  readonly activity: Shape<Read<ActivityStep>>;
  readonly child: Shape<Read<ChildStep>>;
  readonly signal: Shape<Read<SignalStep>>;
}

export const requests = (onFailure: OnFailure): Requests => ({
  call: callStep(onFailure),
  activity: activityStep(onFailure),
  child: childStep(onFailure),
  signal: signalStep(onFailure),
});
