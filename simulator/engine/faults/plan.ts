import type { FaultRule } from '../../protocol/fault.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';

/** The first rule that wants this attempt (from 1) of an operation to fail. */
export const faultFor = (
  rules: readonly FaultRule[],
  called: {
    readonly endpoint: string;
    readonly service: string;
    readonly operation: string;
    readonly attempt: number;
  },
): FaultRule | undefined =>
  rules.find(
    (rule) =>
      (rule.endpoint === undefined || rule.endpoint === called.endpoint) &&
      rule.service === called.service &&
      rule.operation === called.operation &&
      called.attempt >= rule.attempts.from &&
      called.attempt <= rule.attempts.to,
  );

/** What the caller sees when a rule fires: the same failure as from a handler that returned this error. */
export const failureOf = (rule: FaultRule): Failure => ({
  message: rule.fail.message ?? `injected fault: ${rule.fail.type}`,
  nexusHandlerFailureInfo: {
    type: rule.fail.type,
    ...(rule.fail.retryBehavior !== undefined && { retryBehavior: rule.fail.retryBehavior }),
  },
});
