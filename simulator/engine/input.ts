import type { DurationMs } from '../base/time.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { Limits } from '../protocol/limits.ts';
import type { CallId } from '../protocol/ids.ts';
import type { ExternalAnswer } from '../protocol/nexus-client.ts';
import type { RegistrySnapshot } from '../protocol/registry.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { BreakerKind, CallGroup } from './fact.ts';

/** A request of Temporal's API. `remote` callers live in other processes, so their work takes real time. */
export type CallInput = {
  readonly [M in TemporalMethod]: {
    readonly kind: 'call';
    readonly call: CallId;
    readonly method: M;
    readonly request: RequestOf<M>;
    readonly remote: boolean;
  };
}[TemporalMethod];

/** Everything that can happen to the engine. Inputs are journalled; all else is derived from them. */
export type Input =
  | CallInput
  /** The caller of a long poll went away or waited long enough. */
  | { readonly kind: 'call-cancelled'; readonly call: CallId }
  /** A participant waits on the virtual clock. */
  | { readonly kind: 'sleep'; readonly call: CallId; readonly duration: DurationMs }
  /** A call that an effect asked for has ended. */
  | { readonly kind: 'external-call-ended'; readonly token: string; readonly answer: ExternalAnswer }
  /** The earliest timer is due; dispatched at that timer's own deadline. */
  | { readonly kind: 'timer-due' }
  | { readonly kind: 'faults-injected'; readonly rules: readonly FaultRule[] }
  /** From now on only these namespaces may call the endpoint (semantics §6.5). */
  /** Without namespaces, all may call the endpoint. */
  | { readonly kind: 'callers-allowed'; readonly endpoint: string; readonly namespaces?: readonly string[] }
  | { readonly kind: 'faults-cleared' }
  /** Somebody puts a circuit breaker into this state; from there it goes on by itself. */
  | {
      readonly kind: 'breaker-forced';
      readonly calls: CallGroup;
      readonly namespace: string;
      readonly endpoint: string;
      readonly to: BreakerKind;
    }
  /** These settings are others from now on. */
  | { readonly kind: 'limits-changed'; readonly changes: Partial<Limits> }
  /**
   * The server begins anew with what it keeps on disk. Its workers `stay` and find it again, or they are `gone`:
   * then nobody counts as being there until it polls.
   */
  | { readonly kind: 'server-restarted'; readonly workers: 'stay' | 'gone' }
  /** The process of a worker has ended: nobody who calls himself so is there until he polls again. */
  | { readonly kind: 'worker-gone'; readonly identity: string }
  | { readonly kind: 'registry-restored'; readonly snapshot: RegistrySnapshot };
