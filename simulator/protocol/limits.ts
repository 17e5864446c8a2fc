import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { days, hours, minutes, ms, seconds, type DurationMs } from '../base/time.ts';

/** `cloud` follows the documentation of Temporal Cloud, `server` the code of the open-source server. */
export type Profile = 'cloud' | 'server';

/**
 * Every number, every switch and every text of the machine, by name. Sources: semantics §2.2, §2.3, §3.1; the key of the server's dynamic
 * configuration stands behind each.
 */
export interface Limits {
  /** One start or cancel call (`component.nexusoperations.request.timeout`). */
  readonly requestTimeout: DurationMs;
  /** With less time than this left no call is made (`limit.request.timeout.min`). */
  readonly requestTimeoutMin: DurationMs;
  /** Matching gives up this much before its caller does (`limit.dispatch.task.timeout.min`). */
  readonly dispatchMargin: DurationMs;
  /** Start, cancel and callback attempts (`retryPolicy.initialInterval`, `.maxInterval`). */
  readonly retryInitialInterval: DurationMs;
  readonly retryMaxInterval: DurationMs;
  /** Consecutive failures that open a circuit breaker: the server opens on the sixth, the documentation says five. */
  readonly breakerConsecutiveFailures: number;
  /** How long an open breaker refuses everything before it lets one probe through (`circuitBreakerSettings.Timeout`). */
  readonly breakerOpenFor: DurationMs;
  /** Calls in flight per task group, caller namespace and destination (`outboundQueue.groupLimiter.concurrency`). */
  readonly outboundConcurrency: number;
  /** Calls per second, likewise (`outboundQueue.hostScheduler.maxTaskRPS`). */
  readonly outboundRatePerSecond: number;
  /** Calls that may wait, likewise; more are put off (`outboundQueue.groupLimiter.bufferSize`). */
  readonly outboundBuffer: number;
  /** A call that was refused by breaker or buffer is put off by this, times 1.5 for each further refusal. */
  readonly outboundRetryInitialInterval: DurationMs;
  readonly outboundRetryMaxInterval: DurationMs;
  /** Requests that wait for or are with the workers of one namespace (`frontend.namespaceCount`); more are refused. */
  readonly namespaceConcurrentDispatches: number;
  /** How long a request over HTTP waits for a Nexus worker when its caller does not say. */
  readonly dispatchTimeout: DurationMs;
  /** Longest schedule-to-close; 0 for none (`limit.scheduleToCloseTimeout`). */
  readonly scheduleToCloseMax: DurationMs;
  /** Operations of one workflow that are not closed yet (`limit.operation.concurrency`). */
  readonly pendingOperationsMax: number;
  /** In bytes (`limit.service.name.length`, `limit.operation.name.length`, `limit.operation.token.length`). */
  readonly serviceNameBytesMax: number;
  readonly operationNameBytesMax: number;
  readonly operationTokenBytesMax: number;
  /** Sum over keys and values, in bytes (`limit.header.size`). */
  readonly headerBytesMax: number;
  /** Whether history tells that a cancel request was delivered or not (`recordCancelRequestCompletionEvents`). */
  readonly recordCancelRequestCompletionEvents: boolean;
  /** One payload, in bytes (`limit.blobSize.error`). */
  readonly payloadBytesMax: number;
  /** Characters of an endpoint's name, and bytes of its description. */
  readonly endpointNameLengthMax: number;
  readonly endpointDescriptionBytesMax: number;
  /** An endpoint's external URL, in bytes (`limit.endpointExternalURLMaxLength`). */
  readonly endpointUrlBytesMax: number;
  readonly endpointPageSizeDefault: number;
  readonly endpointPageSizeMax: number;
  /** Whether a namespace may be deleted into which an endpoint calls (`frontend.allowDeleteNamespaceIfNexusEndpointTarget`). */
  readonly allowDeleteNamespaceIfNexusEndpointTarget: boolean;
  /** Callbacks of one execution (`system.maxCallbacksPerWorkflow`). */
  readonly callbacksPerWorkflowMax: number;
  /** Callbacks of one update (`system.maxCallbacksPerUpdateID`). */
  readonly callbacksPerUpdateMax: number;
  /** Callbacks that come with updates are kept and called (`history.enableUpdateCallbacks`). */
  readonly updateCallbacks: boolean;
  /** URL of one callback, in bytes (`frontend.callbackURLMaxLength`). */
  readonly callbackUrlBytesMax: number;
  /** One try to deliver a completion to another process (`callback.request.timeout`). */
  readonly callbackTimeout: DurationMs;
  /**
   * Where completions may be sent besides `temporal://system`: patterns of `host:port` with `*` for anything,
   * separated by commas; `http://` in front of one allows it without TLS (`callback.allowedAddresses`).
   */
  readonly callbackAllowedAddresses: string;
  /**
   * Where external handlers send completions, with `{{.NamespaceName}}` and `{{.NamespaceID}}` for the caller's
   * namespace; empty for the address this process listens at (`callback.endpoint.template`).
   */
  readonly callbackUrlTemplate: string;
  /** Headers of one callback, in bytes (`frontend.callbackHeaderMaxLength`). */
  readonly callbackHeaderBytesMax: number;
  /** When the client does not say (`history.defaultWorkflowTaskTimeout`). */
  readonly workflowTaskTimeout: DurationMs;
  /** Added to the timeout of a workflow task that keeps failing, from the third attempt on. */
  readonly workflowTaskRetryInitialInterval: DurationMs;
  readonly workflowTaskRetryMaxInterval: DurationMs;
  /** Activities of one workflow that are not closed yet (`limit.numPendingActivities.error`). */
  readonly pendingActivitiesMax: number;
  /** What an activity's retry policy leaves open (`history.defaultActivityRetryPolicy`). */
  readonly activityRetryInitialInterval: DurationMs;
  readonly activityRetryBackoffCoefficient: number;
  /** The longest interval, as a multiple of the first. */
  readonly activityRetryMaxIntervalCoefficient: number;
  /** How long after its last poll a sticky queue still counts as attended (matching's stickyPollerUnavailableWindow). */
  readonly stickyPollerWindow: DurationMs;
  /** When a worker names a sticky queue without one; what SDKs send. */
  readonly stickyScheduleToStartTimeout: DurationMs;
  /** How long after its queue's last poll a query still waits to the end for a worker (`queryPollerUnavailableWindow`). */
  readonly queryPollerWindow: DurationMs;
  /** Queries of one run that wait for its workflow task (`history.MaxBufferedQueryCount`). */
  readonly bufferedQueriesMax: number;
  /** Updates of one run that are not completed, and all that it ever had (`history.maxInFlightUpdates`, `maxTotalUpdates`). */
  readonly inFlightUpdatesMax: number;
  readonly totalUpdatesMax: number;
  /** How long a workflow task for an update alone waits for a worker before history tells of it. */
  readonly speculativeScheduleToStartTimeout: DurationMs;
  /** Events that such a task may bring and still be dropped (`history.discardSpeculativeWorkflowTaskMaximumEventsCount`). */
  readonly discardedTaskEventsMax: number;
  /** A run that follows another one starts no sooner than this after it (`history.continueAsNewMinInterval`). */
  readonly continueAsNewMinInterval: DurationMs;
  /** Children of one workflow that are not closed yet (`limit.numPendingChildExecutions.error`). */
  readonly pendingChildrenMax: number;
  /** Events of one run; the server terminates a run that exceeds it (`limit.historyCount.error`). */
  readonly historyEventsMax: number;
  /** Whether clients may start Nexus operations without a workflow (`nexusoperation.enableStandalone`). */
  readonly standaloneOperations: boolean;
  /** Whether workflows may signal-with-start others through the system endpoint (`history.enableSignalWithStartFromWorkflow`). */
  readonly signalWithStartFromWorkflow: boolean;
  /** Why a standalone operation is cancelled or terminated, in bytes (`nexusoperation.limit.reasonLength`). */
  readonly reasonBytesMax: number;
  /** In bytes (`limit.userMetadataSummarySize`, `limit.userMetadataDetailsSize`). */
  readonly userMetadataSummaryBytesMax: number;
  readonly userMetadataDetailsBytesMax: number;
  /** Executions on a page of a list (`frontend.visibilityMaxPageSize`). */
  readonly visibilityPageSizeMax: number;
  /** Search attributes of one run (`limit.searchAttributes.numberOfKeys`, `…sizeOfValue`, `…totalSize`). */
  readonly searchAttributeKeysMax: number;
  readonly searchAttributeValueBytesMax: number;
  readonly searchAttributesBytesMax: number;
  /** How long a closed run is kept in a namespace that does not say; 0 keeps all as long as the world, whatever it says. */
  readonly retention: DurationMs;
  /** Closed runs of all namespaces together; of more those whose time is over first are forgotten early. Ours. */
  readonly closedRunsMax: number;
  /** Bars of the timeline; of more the oldest that have ended are dropped. Ours. */
  readonly spansMax: number;
  /** How far the clock runs on its own after the last thing that came from outside. Ours, not the server's. */
  readonly runHorizon: DurationMs;
  /** Timers and inputs of a run at one instant, and in all, without anything from outside; then it is stopped. Ours. */
  readonly runStepsAtInstantMax: number;
  readonly runStepsMax: number;
}

/** The limits whose values are of type `T`. */
export type LimitOf<T> = {
  [K in keyof Limits]: Limits[K] extends T ? K : never;
}[keyof Limits];

/** Numbers that are no durations count something. */
export type CountLimit = Exclude<LimitOf<number>, LimitOf<DurationMs>>;

const durations: Pick<Limits, LimitOf<DurationMs>> = {
  requestTimeout: seconds(10),
  requestTimeoutMin: ms(1_500),
  dispatchMargin: seconds(1),
  retryInitialInterval: seconds(1),
  retryMaxInterval: hours(1),
  breakerOpenFor: seconds(60),
  outboundRetryInitialInterval: seconds(3),
  outboundRetryMaxInterval: minutes(5),
  dispatchTimeout: seconds(60),
  scheduleToCloseMax: ms(0),
  workflowTaskTimeout: seconds(10),
  workflowTaskRetryInitialInterval: seconds(5),
  workflowTaskRetryMaxInterval: minutes(10),
  activityRetryInitialInterval: seconds(1),
  stickyPollerWindow: seconds(10),
  stickyScheduleToStartTimeout: seconds(5),
  queryPollerWindow: seconds(20),
  callbackTimeout: seconds(10),
  speculativeScheduleToStartTimeout: seconds(5),
  continueAsNewMinInterval: seconds(1),
  retention: days(3),
  runHorizon: days(400),
};

const counts: Pick<Limits, CountLimit> = {
  breakerConsecutiveFailures: 6,
  outboundConcurrency: 100,
  outboundRatePerSecond: 100,
  outboundBuffer: 100,
  namespaceConcurrentDispatches: 1_200,
  pendingOperationsMax: 30,
  serviceNameBytesMax: 1_000,
  operationNameBytesMax: 1_000,
  operationTokenBytesMax: 4_096,
  headerBytesMax: 8_192,
  payloadBytesMax: 2 * 1_024 * 1_024,
  endpointNameLengthMax: 200,
  endpointDescriptionBytesMax: 20_000,
  endpointUrlBytesMax: 4_096,
  endpointPageSizeDefault: 100,
  endpointPageSizeMax: 1_000,
  callbacksPerWorkflowMax: 32,
  callbacksPerUpdateMax: 32,
  callbackUrlBytesMax: 1_000,
  callbackHeaderBytesMax: 8_192,
  pendingActivitiesMax: 2_000,
  activityRetryBackoffCoefficient: 2,
  activityRetryMaxIntervalCoefficient: 100,
  bufferedQueriesMax: 1,
  inFlightUpdatesMax: 10,
  totalUpdatesMax: 2_000,
  discardedTaskEventsMax: 10,
  pendingChildrenMax: 2_000,
  historyEventsMax: 51_200,
  reasonBytesMax: 1_000,
  userMetadataSummaryBytesMax: 400,
  userMetadataDetailsBytesMax: 20_000,
  visibilityPageSizeMax: 1_000,
  searchAttributeKeysMax: 100,
  searchAttributeValueBytesMax: 2 * 1_024,
  searchAttributesBytesMax: 40 * 1_024,
  closedRunsMax: 100_000,
  spansMax: 250_000,
  runStepsAtInstantMax: 1_000_000,
  runStepsMax: 1_000_000_000,
};

const switches: Pick<Limits, LimitOf<boolean>> = {
  recordCancelRequestCompletionEvents: true,
  allowDeleteNamespaceIfNexusEndpointTarget: false,
  updateCallbacks: false,
  standaloneOperations: false,
  signalWithStartFromWorkflow: false,
};

const texts: Pick<Limits, LimitOf<string>> = {
  callbackAllowedAddresses: 'http://localhost:*, http://127.0.0.1:*, http://[::1]:*',
  callbackUrlTemplate: '',
};

const server: Limits = { ...durations, ...counts, ...switches, ...texts };

const profiles: Record<Profile, Limits> = {
  server,
  cloud: { ...server, scheduleToCloseMax: days(60), breakerConsecutiveFailures: 5 },
};

/** The numbers of a profile, with some of them changed. Asserts how they relate. */
export function limitsOf(profile: Profile, changes: Partial<Limits> = {}): Limits {
  const problem = limitsProblem(profile, changes);
  assert(problem === undefined, problem ?? '');
  return { ...profiles[profile], ...changes };
}

/** What is wrong between the numbers of a profile with some of them changed, in a sentence. */
export const limitsProblem = (profile: Profile, changes: Partial<Limits>): string | undefined =>
  contradictionIn({ ...profiles[profile], ...changes });

function contradictionIn(limits: Limits): string | undefined {
  if (limits.requestTimeoutMin > limits.requestTimeout) {
    return 'requestTimeoutMin must not exceed requestTimeout: no call would ever be made.';
  }
  if (limits.dispatchMargin >= limits.requestTimeoutMin) {
    return 'dispatchMargin must be below requestTimeoutMin: matching could not wait at all.';
  }
  if (limits.retryInitialInterval > limits.retryMaxInterval) {
    return 'retryInitialInterval must not exceed retryMaxInterval.';
  }
  return undefined;
}

/** Changes to present limits as someone sent them, checked by name, kind and range. The error is one sentence. */
export function readLimitChanges(
  present: Limits,
  sent: Readonly<Record<string, unknown>>,
): Result<Partial<Limits>, string> {
  for (const [name, value] of Object.entries(sent)) {
    const expected = expectedOf(name);
    if (expected === undefined) return err(`There is no limit "${name}".`);
    if (!expected.fits(value))
      return err(`The limit "${name}" is ${expected.kind}, not ${JSON.stringify(value)}.`);
  }
  const problem = contradictionIn({ ...present, ...sent });
  return problem === undefined ? ok(sent) : err(problem);
}

interface Expected {
  readonly kind: string;
  readonly fits: (value: unknown) => boolean;
}

function expectedOf(name: string): Expected | undefined {
  if (Object.hasOwn(durations, name)) {
    return {
      kind: 'a duration in whole milliseconds',
      fits: (value) => isWhole(value, { from: 0, to: DURATION_MAX }),
    };
  }
  if (Object.hasOwn(counts, name))
    return { kind: 'a whole number from 1', fits: (value) => isWhole(value, { from: 1, to: COUNT_MAX }) };
  if (Object.hasOwn(switches, name))
    return { kind: 'true or false', fits: (value) => typeof value === 'boolean' };
  if (Object.hasOwn(texts, name)) {
    return { kind: `a text of at most ${TEXT_LENGTH_MAX} characters`, fits: isShortText };
  }
  return undefined;
}

const TEXT_LENGTH_MAX = 4_096;

const isShortText = (value: unknown): boolean => typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;

/** Three centuries; a sum with an instant stays exact. */
const DURATION_MAX = 1e13;
/** As in world files. */
const COUNT_MAX = 1e9;

const isWhole = (value: unknown, range: { readonly from: number; readonly to: number }): boolean =>
  Number.isInteger(value) && Number(value) >= range.from && Number(value) <= range.to;
