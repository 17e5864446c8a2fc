/** The grammar of the options that Temporal gives workflows and activities, under Temporal’s own names. */
import {
  decimalNumber,
  checked,
  named,
  oneOf,
  positiveDuration,
  text,
  wholeNumber,
  type Shape,
} from './shape.ts';
import { list, optional, record } from './shape-collection.ts';
import { idReusePolicies, type RetryPolicyText } from './workflow-options.ts';

const ATTEMPTS_MAX = 1_000_000;
const ERROR_TYPES_MAX = 100;

export const retryPolicy: Shape<RetryPolicyText> = named('retryPolicy', () =>
  checked(
    record(
      { what: 'a retry policy' },
      {
        initialInterval: optional(positiveDuration, 'The wait after the first failed attempt.', {
          default: '1s',
          example: '2s',
        }),
        backoffCoefficient: optional(
          decimalNumber({ from: 1, to: 1_000 }),
          'By how much each wait is longer than the one before.',
          { default: 2, example: 1.5 },
        ),
        maximumInterval: optional(
          positiveDuration,
          'The longest wait; a hundred times the first one if absent.',
          { example: '1m' },
        ),
        maximumAttempts: optional(
          wholeNumber({ from: 0, to: ATTEMPTS_MAX }),
          'How often it is tried in all; 0 for as often as its timeouts allow.',
          { default: 0 },
        ),
        nonRetryableErrorTypes: optional(
          list(text('the type of a failure', 'Declined'), ERROR_TYPES_MAX),
          'Types of application failures after which it is not tried again.',
        ),
      },
    ),
    ({ initialInterval = 1_000, maximumInterval = initialInterval }, place, reader) => {
      if (maximumInterval >= initialInterval) return;
      reader.report(place.range, 'maximumInterval must not be shorter than initialInterval.');
    },
  ),
);

/** What a workflow may be started with, whoever starts it. */
export const workflowOptions = {
  executionTimeout: optional(
    positiveDuration,
    'Longest time of all its runs together, retries and continuations included; none if absent.',
    { example: '30d' },
  ),
  runTimeout: optional(positiveDuration, 'Longest time of one run; as executionTimeout if absent.', {
    example: '1d',
  }),
  taskTimeout: optional(
    positiveDuration,
    'How long a worker may hold one of its workflow tasks; the limit workflowTaskTimeout if absent.',
    { example: '10s' },
  ),
  retryPolicy: optional(retryPolicy, 'Starts it again when it fails; it is not retried if absent.', {
    example: { maximumAttempts: 3 },
  }),
  idReusePolicy: optional(
    oneOf(idReusePolicies),
    'Whether its id may be that of a workflow that has closed: always, only if that one did not complete, or never.',
    { default: 'allow-duplicate', example: 'reject-duplicate' },
  ),
};
