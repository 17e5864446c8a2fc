/** The grammar of scripted workflows. */
import { isSeq } from 'yaml';
import { condition, dynamicText, dynamicValue } from './dynamic-shape.ts';
import { name } from './name-shape.ts';
import { operationPath } from './operation-name.ts';
import { rangeOf } from './reader.ts';
import {
  checked,
  duration,
  located,
  mismatch,
  named,
  oneOf,
  positiveDuration,
  scalarOf,
  text,
  type Shape,
} from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import { cancellationTypes, type Step } from './step.ts';

/** A key that says everything by being there. */
const always: Shape<true> = {
  expected: 'true',
  read: (place, reader) => (scalarOf(place) === true ? true : mismatch(always, place, reader)),
  schema: () => ({ const: true }),
};

/** Every task of a workflow replays all its steps, so their number is kept small. */
const STEPS_MAX = 200;

const when = optional(condition, 'The step is skipped unless this holds.');

const as = (doc: string) => optional(located(text('a name such as auth', /^[\p{L}_][\p{L}\p{N}_]*$/u)), doc);

const step: Shape<Step> = named('step', () => {
  const onFailure = optional(
    script,
    'Steps that are done when this one fails, instead of failing the workflow. ${failure} is known there: its kind (failed, canceled or timed-out), type and message.',
  );
  return choice(
    { what: 'a step', later: ['child', 'activity'] },
    { call: callStep(onFailure), ...waiting(onFailure), ...instant },
  );
});

/** Steps after one that always ends the workflow would be there for nothing. */
export const script: Shape<readonly Step[]> = named('script', () =>
  checked(list(step, STEPS_MAX), (steps, place, reader) => {
    const end = steps.findIndex(
      ({ kind, when: guard }) =>
        guard === undefined && (kind === 'return' || kind === 'fail' || kind === 'rethrow'),
    );
    const items = isSeq(place.node) ? place.node.items : [];
    const next = end < 0 || items.length !== steps.length ? undefined : rangeOf(items[end + 1]);
    if (next === undefined) return;
    const message = 'This step is never reached: the workflow ends before it; remove it or add a "when".';
    reader.report(next, message);
  }),
);

type OnFailure = ReturnType<typeof optional<readonly Step[]>>;

const callStep = (onFailure: OnFailure) =>
  record(
    { what: 'a call', later: ['header'] },
    {
      call: required(operationPath, 'endpoint/Service.operation'),
      input: optional(dynamicValue, 'The operation’s input.'),
      as: as('The name under which later steps know the result, and under which the call is cancelled.'),
      scheduleToClose: optional(positiveDuration, 'Fails the call when it takes longer, retries included.'),
      scheduleToStart: optional(
        positiveDuration,
        'Fails the call when the handler has not started it by then.',
      ),
      startToClose: optional(positiveDuration, 'Fails the call when it takes longer once it has started.'),
      cancellation: optional(
        oneOf(cancellationTypes),
        'When a cancelled call is over: with its end (wait-completed, the default), when the handler has accepted the request (wait-requested), at once (try-cancel), or at once and without telling the handler (abandon).',
      ),
      when,
      onFailure,
    },
  );

const waiting = (onFailure: OnFailure) => ({
  sleep: record(
    { what: 'a sleep' },
    { sleep: required(positiveDuration, 'A workflow timer.'), when, onFailure },
  ),
  wait: record(
    { what: 'a wait for a signal' },
    {
      wait: required(name('the name of a signal'), 'The name of the signal. Each signal is taken once.'),
      as: as('The name under which later steps know what the signal brought.'),
      when,
      onFailure,
    },
  ),
  parallel: record(
    { what: 'a parallel block' },
    {
      parallel: required(
        list(step, STEPS_MAX),
        'Goes on with all of these at once and waits for all of them.',
      ),
      when,
      onFailure,
    },
  ),
  steps: record(
    { what: 'a block of steps' },
    { steps: required(script, 'One after the other; for use inside "parallel".'), when, onFailure },
  ),
});

const instant = {
  cancel: record(
    { what: 'a cancel step' },
    {
      cancel: required(
        located(text('the name of a call')),
        'Cancels the call of this name if it is still open.',
      ),
      after: optional(duration, 'Waits this long first.'),
      when,
    },
  ),
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
  rethrow: record(
    { what: 'a rethrow' },
    { rethrow: required(located(always), 'Inside "onFailure": fails again with the same failure.'), when },
  ),
};
