import type { temporalMethods, TemporalMethod } from '../protocol/temporal/methods.ts';

/** Temporal's gRPC services that have methods of the port, by their short names. */
export const serviceNames = {
  WorkflowService: 'temporal.api.workflowservice.v1.WorkflowService',
  OperatorService: 'temporal.api.operatorservice.v1.OperatorService',
} as const satisfies Record<Exclude<(typeof temporalMethods)[TemporalMethod], 'NexusService'>, string>;

export type ServiceName = keyof typeof serviceNames;
