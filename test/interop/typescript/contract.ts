// What the applications of all languages have in common. Names of fields, operations, workflows and task
// queues are the same in each; the language itself is the name of its task queue.
import * as nexus from 'nexus-rpc';

/** Where callers' workflows run, and where desks and their workflows do. */
export const callers = 'callers';
export const desks = 'desks';

/** The input of every operation. What an operation does not need is empty. */
export interface Job {
  readonly text: string;
  /** Names the run behind the operation, or the attempts that are counted together. */
  readonly id: string;
  /** Milliseconds the work takes. */
  readonly ms: number;
  /** How `refuse` refuses: the type of a handler error, or `plain`, `application`, `failed` or `canceled`. */
  readonly refusal: string;
  /** How often it refuses before it accepts. */
  readonly times: number;
  /** The endpoints that `relay` still has to pass. */
  readonly path: readonly string[];
}

/** The result of every operation. */
export interface Answer {
  readonly text: string;
  /** Which application answered. */
  readonly language: string;
  /** Which attempt this was, counted from 1, where that matters; else 0. */
  readonly attempt: number;
}

export const jobDesk = nexus.service('JobDesk', {
  /** Synchronous. */
  echo: nexus.operation<Job, Answer>({ name: 'echo' }),
  /** A workflow run that takes `ms`. Cancelled, it tidies up for ten minutes. */
  work: nexus.operation<Job, Answer>({ name: 'work' }),
  /** Refuses. */
  refuse: nexus.operation<Job, Answer>({ name: 'refuse' }),
  /** Attaches to the run `id`, which it starts if need be. It ends when it is released. */
  join: nexus.operation<Job, Answer>({ name: 'join' }),
  /** Signals the run `id`: its text is the result of all who joined. */
  release: nexus.operation<Job, Answer>({ name: 'release' }),
  /** Queries the run `id`. */
  ask: nexus.operation<Job, Answer>({ name: 'ask' }),
  /** Updates the run `id` and waits for what comes of it. */
  adjust: nexus.operation<Job, Answer>({ name: 'adjust' }),
  /** The same, but the update is what the operation is: its caller gets a token. It takes `ms`. */
  revise: nexus.operation<Job, Answer>({ name: 'revise' }),
  /**
   * A workflow run that calls `relay` at the first endpoint of the path, and adds its language to the answer. At the
   * end of the path it takes `ms`.
   */
  relay: nexus.operation<Job, Answer>({ name: 'relay' }),
});

export type OperationName = keyof (typeof jobDesk)['operations'];

/** The input of the workflow `call`. */
export interface Call {
  readonly endpoint: string;
  readonly operation: OperationName;
  readonly job: Job;
  readonly cancellationType: CancellationType;
  /** Whether the operation is cancelled as soon as it has started. */
  readonly cancel: boolean;
  /** Milliseconds; 0 for none. */
  readonly scheduleToClose: number;
  readonly scheduleToStart: number;
  readonly startToClose: number;
  /** Milliseconds the workflow lives on when the operation is over for it. */
  readonly linger: number;
}

export const cancellationTypes = [
  'ABANDON',
  'TRY_CANCEL',
  'WAIT_CANCELLATION_REQUESTED',
  'WAIT_CANCELLATION_COMPLETED',
] as const;
export type CancellationType = (typeof cancellationTypes)[number];

/** The result of the workflow `call`. */
export interface Outcome {
  readonly answer?: Answer | null;
  readonly failure?: CallFailure | null;
  /** Milliseconds from the start of the operation to its end, on the workflow's clock. */
  readonly waited: number;
}

/** What the SDK told the workflow of a failed operation. */
export interface CallFailure {
  readonly kind: 'handler' | 'application' | 'canceled' | 'timeout' | 'terminated' | 'other';
  /** The type of the handler error or application failure, or the timeout's, as SCHEDULE_TO_CLOSE. */
  readonly type: string;
  /** The messages of this failure and of those that caused it, joined with a colon and a space. */
  readonly message: string;
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
}
