import type { Brand } from '../base/brand.ts';

/** Identifies one run of one workflow: unique over all namespaces. */
export type RunId = Brand<string, 'RunId'>;
export type NamespaceName = Brand<string, 'NamespaceName'>;
export type WorkflowId = Brand<string, 'WorkflowId'>;
export type EndpointName = Brand<string, 'EndpointName'>;
/** A call that waits for its reply; unique over the life of an engine. */
export type CallId = Brand<number, 'CallId'>;
export type SpanId = Brand<string, 'SpanId'>;

export interface RunRef {
  readonly namespace: NamespaceName;
  readonly workflowId: WorkflowId;
  readonly runId: RunId;
}

/**
 * An operation is known by its caller's run and the id of its SCHEDULED event. One that no workflow called is a run
 * of its own: its operation id stands for the workflow id, and {@link STANDALONE} for the event.
 */
export interface OperationRef {
  readonly run: RunRef;
  readonly scheduledEventId: number;
}

/** Event ids count from 1. */
export const STANDALONE = 0;

/** Longest id, identity or task queue name, in characters (`limit.maxIDLength`). */
export const ID_LENGTH_MAX = 1_000;

const endpointName = /^[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/;

/** The rule for endpoint names: semantics §6.2. Two characters at least, no underscore, no trailing hyphen. */
export const ENDPOINT_NAME_PATTERN = endpointName.source;

/** The only place an `EndpointName` is minted. */
export const parseEndpointName = (text: string): EndpointName | undefined =>
  endpointName.test(text) ? (text as EndpointName) : undefined;
