/** The grammar of scripted workflows. */
import { isSeq } from 'yaml';
import { dynamicText, dynamicValue } from './dynamic-shape.ts';
import { signalName } from './name-shape.ts';
import { rangeOf } from './reader.ts';
import {
  checked,
  duration,
  located,
  mismatch,
  named,
  positiveDuration,
  scalarOf,
  text,
  type Shape,
} from './shape.ts';
import { choice, list, optional, record, required } from './shape-collection.ts';
import { as, requests, when, type OnFailure } from './request-shape.ts';
import type { Step } from './step.ts';

/** A key that says everything by being there. */
const always: Shape<true> = {
  expected: 'true',
  example: true,
  read: (place, reader) => (scalarOf(place) === true ? true : mismatch(always, place, reader)),
  schema: () => ({ const: true }),
};

/** Every task of a workflow replays all its steps, so their number is kept small. */
const STEPS_MAX = 200;

const step: Shape<Step> = named('step', () => {
  const onFailure = optional(
    script,
    'Steps that are done when this one fails, instead of failing the workflow. ${failure} is known there: its kind (failed, canceled or timed-out), type and message.',
    { example: [{ return: '${failure.type}' }] },
  );
  return choice({ what: 'a step' }, { ...requests(onFailure), ...waiting(onFailure), ...instant });
});

const endings: ReadonlySet<Step['kind']> = new Set(['return', 'fail', 'rethrow', 'continueAsNew']);

/** Steps after one that always ends the workflow would be there for nothing. */
export const script: Shape<readonly Step[]> = named('script', () =>
  checked(list(step, STEPS_MAX), (steps, place, reader) => {
    const end = steps.findIndex(({ kind, when: guard }) => guard === undefined && endings.has(kind));
    const items = isSeq(place.node) ? place.node.items : [];
    const next = end < 0 || items.length !== steps.length ? undefined : rangeOf(items[end + 1]);
    if (next === undefined) return;
    const message = 'This step is never reached: the workflow ends before it; remove it or add a "when".';
    reader.report(next, message);
  }),
);

const waiting = (onFailure: OnFailure) => ({
  sleep: record(
    { what: 'a sleep' },
    { sleep: required(positiveDuration, 'A workflow timer.'), when, onFailure },
  ),
  wait: record(
    { what: 'a wait for a signal' },
    {
      wait: required(signalName, 'The name of the signal. Each signal is taken once.'),
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
        located(text('the name of a call, an activity or a child', 'auth')),
        'Cancels the call, the activity or the child of this name if it is still open.',
      ),
      after: optional(duration, 'Waits this long first.', { default: '0s', example: '10s' }),
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
            type: required(
              text('the type of the failure', 'Declined'),
              'The type of the application failure.',
            ),
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
  continueAsNew: record(
    { what: 'a continuation as new' },
    {
      continueAsNew: required(
        dynamicValue,
        'Ends this run and begins a new one of the same workflow, with this input and an empty history.',
        { example: { page: '${next}' } },
      ),
      when,
    },
  ),
  rethrow: record(
    { what: 'a rethrow' },
    { rethrow: required(located(always), 'Inside "onFailure": fails again with the same failure.'), when },
  ),
};
