/**
 * The server's metrics of Nexus that this machine has a fact for, under the server's names (semantics §9.1).
 * Latencies are in seconds of virtual time.
 */
export const definitions = {
  nexus_outbound_requests: { type: 'counter', help: 'Start and cancel calls of callers that have ended.' },
  nexus_outbound_latency: { type: 'histogram', help: 'How long such a call took.' },
  nexus_operation_success: { type: 'counter', help: 'Operations that succeeded.' },
  nexus_operation_fail: { type: 'counter', help: 'Operations that failed.' },
  nexus_operation_cancel: { type: 'counter', help: 'Operations that were canceled.' },
  nexus_operation_terminate: { type: 'counter', help: 'Standalone operations that were terminated.' },
  nexus_operation_timeout: { type: 'counter', help: 'Operations that timed out.' },
  nexus_operation_schedule_to_start_latency: {
    type: 'histogram',
    help: 'From scheduling to the start, or to the close of an operation that did not start.',
  },
  nexus_operation_start_to_close_latency: { type: 'histogram', help: 'From the start to the close.' },
  nexus_operation_schedule_to_close_latency: { type: 'histogram', help: 'From scheduling to the close.' },
  callback_outbound_requests: { type: 'counter', help: 'Tries to deliver a completion.' },
  callback_outbound_latency: { type: 'histogram', help: 'How long such a try took.' },
  nexus_requests: { type: 'counter', help: 'Requests to Nexus workers that have ended.' },
  nexus_latency: { type: 'histogram', help: 'From the request to its end.' },
  nexus_request_errors: { type: 'counter', help: 'Requests to Nexus workers that ended with an error.' },
  nexus_request_preprocess_errors: {
    type: 'counter',
    help: 'Requests that were refused before a namespace was known.',
  },
  nexus_completion_requests: { type: 'counter', help: 'Completions that arrived for callers.' },
  nexus_completion_latency: { type: 'histogram', help: 'How long taking such a completion in took.' },
  nexus_completion_request_preprocess_errors: {
    type: 'counter',
    help: 'Completions that were refused before an operation was looked for.',
  },
  circuit_breaker_executable_blocked: {
    type: 'counter',
    help: 'Calls that a circuit breaker held back.',
  },
  dynamic_worker_pool_scheduler_rejected_tasks: {
    type: 'counter',
    help: 'Calls that a full buffer put off.',
  },
  rate_limited_task_runnable_wait_time: {
    type: 'histogram',
    help: 'How long calls waited for the rate limit.',
  },
} as const satisfies Record<string, { readonly type: 'counter' | 'histogram'; readonly help: string }>;

export type MetricName = keyof typeof definitions;

type Of<T> = { [N in MetricName]: (typeof definitions)[N]['type'] extends T ? N : never }[MetricName];

export type CounterName = Of<'counter'>;
export type HistogramName = Of<'histogram'>;
