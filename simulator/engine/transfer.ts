import type { RunId } from '../protocol/ids.ts';

/**
 * Something that one run does to another, or to its workers. It happens in the same turn, but only after whatever led to it is
 * complete: the commands of a workflow task are all written before the first answer to one of them.
 */
export type Transfer =
  /** The event `initiatedEventId` of the run says what to do. */
  | {
      readonly kind: 'start-child' | 'signal-external' | 'cancel-external';
      readonly run: RunId;
      readonly initiatedEventId: number;
    }
  /** The first start or cancel call of an operation sets out, unless a later command of the same task has closed the run. */
  | { readonly kind: 'start-operation' | 'cancel-operation'; readonly run: RunId; readonly operation: number }
  /** An attempt of an operation that the server itself answers. */
  | { readonly kind: 'call-system'; readonly run: RunId; readonly operation: number }
  /** The first attempt of an activity is offered, unless a later command of the same task has cancelled it. */
  | { readonly kind: 'offer-activity'; readonly run: RunId; readonly activity: number }
  /** The run has closed for good; its parent hears how. */
  | { readonly kind: 'tell-parent'; readonly run: RunId }
  /** Clients that wait for updates of the run hear how far these have come. */
  | { readonly kind: 'answer-updates'; readonly run: RunId }
  /** Callbacks of updates of the run that have ended set out. */
  | { readonly kind: 'deliver-updates'; readonly run: RunId }
  /** The run is deleted when everything else about it is done. */
  | { readonly kind: 'delete-run'; readonly run: RunId }
  /** The parent has closed; its policy decides about the child. */
  | { readonly kind: 'parent-closed'; readonly run: RunId; readonly child: ChildAtClose };

/** What a closing parent knew of a child. */
export interface ChildAtClose {
  readonly namespace: string;
  readonly workflowId: string;
  /** The run that the parent started; later runs of the same chain count as the child too. */
  readonly runId: RunId;
  readonly initiatedEventId: number;
  readonly policy: 'TERMINATE' | 'REQUEST_CANCEL';
}
