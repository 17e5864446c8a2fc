/** The grammar of the machine's numbers, switches and texts. Their names, units and meanings are those of `protocol/limits.ts`. */
import { formatDuration, ms, type DurationMs } from '../base/time.ts';
import { limitsOf, type CountLimit, type LimitOf, type Limits } from '../protocol/limits.ts';
import { decimalNumber, duration, flag, text, wholeNumber, type Shape } from './shape.ts';
import { optional, record, type Field } from './shape-collection.ts';

const COUNT_MAX = 1_000_000_000;
const count = wholeNumber({ from: 1, to: COUNT_MAX });
const coefficient = decimalNumber({ from: 1, to: COUNT_MAX });

const durationDocs = {
  requestTimeout: 'One start or cancel call.',
  requestTimeoutMin: 'With less time than this left no call is made.',
  dispatchMargin: 'Matching gives up this much before its caller does.',
  retryInitialInterval:
    'The wait after the first failed start, cancel or callback attempt; it doubles from there.',
  retryMaxInterval: 'The longest wait between two start, cancel or callback attempts.',
  breakerOpenFor: 'How long an open breaker refuses everything before it lets one probe through.',
  outboundRetryInitialInterval:
    'How long a call is put off that breaker or buffer refused; half as long again each time.',
  outboundRetryMaxInterval: 'The longest that such a call is put off.',
  scheduleToCloseMax: 'Longest schedule-to-close; 0 for none.',
  workflowTaskTimeout: 'How long a worker may hold a workflow task, unless its workflow says otherwise.',
  workflowTaskRetryInitialInterval:
    'Added to the timeout of a workflow task that keeps failing, from the third attempt on.',
  workflowTaskRetryMaxInterval: 'The most that is added to it.',
  activityRetryInitialInterval:
    'The wait after an activity’s first failure, unless its retry policy says otherwise.',
  stickyScheduleToStartTimeout:
    'How long a workflow task may lie in a sticky queue, unless its worker says otherwise.',
  stickyPollerWindow: 'How long after its last poll a sticky queue still counts as attended.',
  queryPollerWindow:
    'How long after the last poll of its task queue a query still waits for a worker as long as its client does.',
  dispatchTimeout: 'How long a request over HTTP waits for a Nexus worker when its caller does not say.',
  callbackTimeout: 'One try to deliver a completion to another process.',
  speculativeScheduleToStartTimeout:
    'How long a workflow task for an update alone waits for a worker before history tells of it.',
  continueAsNewMinInterval: 'Shortest time between two runs that continue each other.',
  retention:
    'How long a closed run is kept; 0s for as long as the world, which is what a world file has if it does not say.',
  runHorizon: 'How far the clock runs on its own after the last thing that came from outside.',
} as const satisfies Record<LimitOf<DurationMs>, string>;

/** The limits of Temporal Cloud as a file writes them. */
const written: Readonly<Record<string, string | number | boolean>> = {
  ...Object.fromEntries(
    Object.entries<number | boolean | string>({ ...limitsOf('cloud') }).map(([key, value]) => [
      key,
      typeof value === 'number' && Object.hasOwn(durationDocs, key) ? formatDuration(ms(value)) : value,
    ]),
  ),
  // Empty by default, which is nothing to write.
  callbackUrlTemplate: 'https://nexus.{{.NamespaceName}}.example/nexus/callback',
};

const coefficientDocs = {
  activityRetryBackoffCoefficient:
    'By how much an activity’s waits grow, unless its retry policy says otherwise.',
} as const satisfies Partial<Record<keyof Limits, string>>;

const countDocs = {
  breakerConsecutiveFailures: 'Consecutive failures that open a circuit breaker.',
  outboundConcurrency: 'Calls in flight from one namespace to one endpoint.',
  outboundRatePerSecond: 'Calls per second from one namespace to one endpoint.',
  outboundBuffer: 'Calls from one namespace to one endpoint that may wait; more are put off.',
  namespaceConcurrentDispatches:
    'Nexus requests that wait for or are with the workers of one namespace; more are refused.',
  pendingOperationsMax: 'Operations of one workflow that are not closed yet.',
  serviceNameBytesMax: 'Longest name of a service, in bytes.',
  operationNameBytesMax: 'Longest name of an operation, in bytes.',
  operationTokenBytesMax: 'Longest operation token, in bytes.',
  headerBytesMax: 'Largest header of an operation, over keys and values, in bytes.',
  payloadBytesMax: 'Largest payload, in bytes.',
  endpointNameLengthMax: 'Characters of an endpoint’s name.',
  endpointDescriptionBytesMax: 'Bytes of an endpoint’s description.',
  endpointUrlBytesMax: 'Bytes of an endpoint’s external URL.',
  endpointPageSizeDefault: 'Endpoints on a page of a list, unless the client says otherwise.',
  endpointPageSizeMax: 'Endpoints on a page of a list, at most.',
  callbacksPerWorkflowMax: 'Callbacks of one execution.',
  callbacksPerUpdateMax: 'Callbacks of one update.',
  callbackUrlBytesMax: 'URL of one callback, in bytes.',
  callbackHeaderBytesMax: 'Headers of one callback, in bytes.',
  pendingActivitiesMax: 'Activities of one workflow that are not closed yet.',
  activityRetryMaxIntervalCoefficient: 'An activity’s longest wait, as a multiple of its first.',
  bufferedQueriesMax: 'Queries of one workflow that wait for its workflow task; more are refused.',
  inFlightUpdatesMax: 'Updates of one workflow that are not completed yet; more are refused.',
  totalUpdatesMax: 'Updates that one run may have in all; more are refused.',
  discardedTaskEventsMax:
    'Events that a workflow task for updates alone may bring and still leave no trace when it rejects them.',
  pendingChildrenMax: 'Child workflows of one workflow that are not closed yet.',
  historyEventsMax: 'Events of one run; the server terminates a run that exceeds it.',
  reasonBytesMax: 'Why a standalone operation is cancelled or terminated, in bytes.',
  userMetadataSummaryBytesMax: 'Largest summary of a standalone operation, in bytes.',
  userMetadataDetailsBytesMax: 'Largest details of a standalone operation, in bytes.',
  visibilityPageSizeMax: 'Executions on a page of a list, at most.',
  searchAttributeKeysMax: 'Search attributes of one run, at most.',
  searchAttributeValueBytesMax: 'Size of one search attribute in bytes, at most.',
  searchAttributesBytesMax: 'Size of all search attributes of one run in bytes, at most.',
  closedRunsMax: 'Closed runs that are kept; of more the oldest are forgotten early.',
  spansMax: 'Bars of the timeline that are kept; of more the oldest that have ended are dropped.',
  runStepsAtInstantMax: 'Timers and inputs of a run at one instant; then the run is stopped.',
  runStepsMax: 'Timers and inputs of a run in all; then the run is stopped.',
} as const satisfies Record<Exclude<CountLimit, keyof typeof coefficientDocs>, string>;

const switchDocs = {
  updateCallbacks: 'Whether callbacks that come with updates are kept and called.',
  allowDeleteNamespaceIfNexusEndpointTarget:
    'Whether a namespace may be deleted into which an endpoint calls.',
  recordCancelRequestCompletionEvents: 'Whether history tells that a cancel request was delivered or not.',
  standaloneOperations: 'Whether clients may start Nexus operations without a workflow.',
  signalWithStartFromWorkflow:
    'Whether workflows may signal and start others through the endpoint __temporal_system.',
} as const satisfies Record<LimitOf<boolean>, string>;

const textDocs = {
  callbackAllowedAddresses:
    'Where completions may be sent: patterns of host:port with * for anything, separated by commas; http:// in front of one allows it without TLS.',
  callbackUrlTemplate:
    'Where external handlers send completions, with {{.NamespaceName}} and {{.NamespaceID}}; empty for this process.',
} as const satisfies Record<LimitOf<string>, string>;

const circuitBreaker = record(
  { what: 'a circuit breaker', oneOf: ['consecutiveFailures', 'openFor'] },
  {
    consecutiveFailures: optional(count, countDocs.breakerConsecutiveFailures),
    openFor: optional(duration, durationDocs.breakerOpenFor),
  },
);

const limits = record(
  { what: 'the limits' },
  {
    circuitBreaker: optional(circuitBreaker, 'The circuit breaker.'),
    ...fieldsOf(durationDocs, duration),
    ...fieldsOf(coefficientDocs, coefficient),
    ...fieldsOf(countDocs, count),
    ...fieldsOf(switchDocs, flag),
    ...fieldsOf(textDocs, text('a text', 'a text')),
  },
);

/** The numbers a file changes, under their own names. */
export const limitChanges: Shape<Partial<Limits>> = {
  ...limits,
  read: (place, reader) => {
    const found = limits.read(place, reader);
    if (found === undefined) return undefined;
    const { circuitBreaker: breaker = {}, ...rest } = found;
    const { consecutiveFailures, openFor } = breaker;
    return {
      ...rest,
      ...(consecutiveFailures !== undefined && { breakerConsecutiveFailures: consecutiveFailures }),
      ...(openFor !== undefined && { breakerOpenFor: openFor }),
    };
  },
};

function fieldsOf<K extends string, T>(
  docs: Readonly<Record<K, string>>,
  shape: Shape<T>,
): Readonly<Record<K, Field<T, false>>> {
  const fields = Object.entries<string>(docs).map(([key, doc]) => [
    key,
    optional(shape, doc, { example: written[key] ?? null }),
  ]);
  return Object.fromEntries(fields) as Record<K, Field<T, false>>;
}
