import type { Instant } from '../base/time.ts';
import type { SpanId } from '../protocol/ids.ts';
import type { Span, SpanOutcome } from '../protocol/span.ts';
import type { ActivityTask } from '../protocol/temporal/activity-methods.ts';
import type { NexusTask, RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';

/** One try that reached one of the world's own workers. */
interface Attempt {
  /** What is tried: the operation by its request id, or the activity by its run and id. */
  readonly of: string;
  readonly attempt: number;
  readonly worker: string;
  readonly start: Instant;
  end?: Instant;
  outcome?: SpanOutcome;
  failure?: readonly string[];
}

const ofActivity = (runId: string, activityId: string): string => `${runId}/${activityId}`;

/** What answers make of a try. */
const outcomes: { readonly [M in TemporalMethod]?: SpanOutcome } = {
  respondNexusTaskCompleted: 'succeeded',
  respondNexusTaskFailed: 'failed',
  respondActivityTaskCompleted: 'succeeded',
  respondActivityTaskFailed: 'failed',
  respondActivityTaskCanceled: 'canceled',
};

/** Histories tell of the last try only, or of none; the world's own workers have seen them all. */
export class Attempts {
  readonly #now: () => Instant;
  readonly #counts = new Map<string, number>();
  readonly #open = new Map<string, Attempt>();
  readonly #all: Attempt[] = [];

  constructor(now: () => Instant) {
    this.#now = now;
  }

  over(port: TemporalPort): TemporalPort {
    return {
      call: async (method, request, options) => {
        this.#noteAnswer(method, request);
        const reply = await port.call(method, request, options);
        const { identity = '' } = request as { readonly identity?: string };
        if (reply.ok && method === 'pollNexusTaskQueue') this.#noteNexus(reply.value as NexusTask, identity);
        if (reply.ok && method === 'pollActivityTaskQueue') {
          this.#noteActivity(reply.value as ActivityTask, identity);
        }
        return reply;
      },
    };
  }

  /** The spans with every try that was seen, in place of what histories tell of tries. */
  addedTo(spans: readonly Span[]): readonly Span[] {
    const added: Span[] = [];
    for (const span of spans) {
      const seen = this.#all.filter(({ of }) => of === nameOf(span));
      for (const attempt of seen) added.push(spanOf(attempt, span));
    }
    const replaced = new Set(added.map(({ parent }) => parent));
    const isReplaced = ({ kind, parent, attributes }: Span): boolean =>
      kind === 'attempt' && parent !== undefined && replaced.has(parent) && 'attempt' in attributes;
    return [...spans.filter((span) => !isReplaced(span)), ...added];
  }

  #noteNexus({ taskToken, request }: NexusTask, worker: string): void {
    const of = request?.startOperation?.requestId;
    if (taskToken === undefined || of === undefined) return;
    const attempt = (this.#counts.get(of) ?? 0) + 1;
    this.#counts.set(of, attempt);
    this.#note(taskToken, { of, attempt, worker, start: this.#now() });
  }

  #noteActivity(task: ActivityTask, worker: string): void {
    const { taskToken, workflowExecution = {}, activityId = '', attempt = 1 } = task;
    if (taskToken === undefined) return;
    const of = ofActivity(workflowExecution.runId ?? '', activityId);
    this.#note(taskToken, { of, attempt, worker, start: this.#now() });
  }

  #note(taskToken: string, attempt: Attempt): void {
    this.#open.set(taskToken, attempt);
    this.#all.push(attempt);
  }

  #noteAnswer(method: TemporalMethod, request: RequestOf<TemporalMethod>): void {
    const outcome = outcomes[method];
    if (outcome === undefined || !('taskToken' in request)) return;
    const attempt = this.#open.get(request.taskToken ?? '');
    if (attempt === undefined) return;
    attempt.end = this.#now();
    attempt.outcome = outcome;
    const failure = failureIn(request);
    if (failure !== undefined) attempt.failure = [failure];
  }
}

function failureIn(request: object): string | undefined {
  const { failure, error } = request as Partial<RequestOf<'respondNexusTaskFailed'>>;
  return failure?.message ?? error?.failure?.message;
}

/** What tries are known by, as the span of the whole tells it. */
function nameOf({ kind, attributes, parent }: Span): string | undefined {
  if (kind === 'operation') return String(attributes['requestId']);
  if (kind !== 'activity' || parent === undefined) return undefined;
  return ofActivity(parent.slice(parent.indexOf(':') + 1), String(attributes['activityId']));
}

const spanOf = ({ attempt, worker, start, end, outcome, failure }: Attempt, whole: Span): Span => ({
  id: `${whole.id}:attempt:${attempt}` as SpanId,
  kind: 'attempt',
  parent: whole.id,
  name: `attempt ${attempt}`,
  lane: whole.lane,
  start,
  // A worker that never answered held the task until the whole was over.
  ...((end ?? whole.end) !== undefined && { end: end ?? whole.end }),
  ...((outcome ?? whole.outcome) !== undefined && { outcome: outcome ?? whole.outcome }),
  ...(failure !== undefined && { failure }),
  attributes: { attempt, worker },
  causes: [],
  ...(whole.code !== undefined && { code: whole.code }),
});
