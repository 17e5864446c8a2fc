import type { AttemptFault, CallbackFault, FaultRule } from '../../protocol/fault.ts';
import type { Failure } from '../../protocol/temporal/failure.ts';

interface Called {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly attempt: number;
}

/** The first rule that wants this start attempt of an operation to fail. */
export const faultFor = (rules: readonly FaultRule[], called: Called): AttemptFault | undefined =>
  rules.find(
    (rule): rule is AttemptFault =>
      rule.kind === 'attempt' &&
      (rule.endpoint === undefined || rule.endpoint === called.endpoint) &&
      isFor(rule, called) &&
      isWithin(rule.attempts, called.attempt),
  );

/** The first rule that disturbs the completion of an operation. */
export const callbackFault = (
  rules: readonly FaultRule[],
  called: Pick<Called, 'service' | 'operation'>,
): CallbackFault | undefined =>
  rules.find((rule): rule is CallbackFault => rule.kind === 'callback' && isFor(rule, called));

export const isWithin = (range: { readonly from: number; readonly to: number }, attempt: number): boolean =>
  attempt >= range.from && attempt <= range.to;

/** What the caller sees when a rule fires: the same failure as from a handler that returned this error. */
export const failureOf = (fail: AttemptFault['fail']): Failure => ({
  message: fail.message ?? `injected fault: ${fail.type}`,
  nexusHandlerFailureInfo: {
    type: fail.type,
    ...(fail.retryBehavior !== undefined && { retryBehavior: fail.retryBehavior }),
  },
});

const isFor = (rule: FaultRule, called: Pick<Called, 'service' | 'operation'>): boolean =>
  rule.service === called.service && rule.operation === called.operation;
