import { instant, ms, type DurationMs, type Instant } from '../../simulator/base/time.ts';
import { Engine } from '../../simulator/engine/engine.ts';
import type { CallInput, Input } from '../../simulator/engine/input.ts';
import type { CallId } from '../../simulator/protocol/ids.ts';
import { limitsOf, type Limits } from '../../simulator/protocol/limits.ts';
import type { Command, ScheduleNexusOperationAttributes } from '../../simulator/protocol/temporal/command.ts';
import type { RequestOf, ResponseOf, TemporalMethod } from '../../simulator/protocol/temporal/methods.ts';
import type { StartOperationResponse } from '../../simulator/protocol/temporal/nexus.ts';
import type { Reply } from '../../simulator/protocol/temporal/port.ts';
import { json } from '../harness/world.ts';

export const CALLER = { namespace: 'orders', taskQueue: { name: 'orders' } } as const;
export const HANDLER = { namespace: 'payments', taskQueue: { name: 'billing' } } as const;
const ENDPOINT = 'payments-endpoint';
/** Operations of one workflow, below the server's limit of 30. */
const OPERATIONS_PER_WORKFLOW = 25;

/** The load is as fast as the machine; the server's 100 calls a second would only make it wait. */
export const loadLimits: Partial<Limits> = { outboundRatePerSecond: 1_000_000_000 };

const input = json({ order: 4711, amount: '99.90', currency: 'EUR' });

/**
 * Drives an engine directly: no driver, no promises, so that what is measured is the machine. Callers in one
 * namespace, handlers in another.
 */
export class EngineLoad {
  readonly engine: Engine;
  now = instant(0);
  facts = 0;
  /** Told of every input, before it is dispatched. */
  readonly #onInput: ((at: Instant, input: Input) => void) | undefined;
  #calls = 0;
  #workflows = 0;

  constructor(
    options: {
      readonly limits?: Partial<Limits>;
      readonly onInput?: (at: Instant, input: Input) => void;
    } = {},
  ) {
    this.engine = new Engine({ seed: 1, limits: limitsOf('server', { ...loadLimits, ...options.limits }) });
    this.#onInput = options.onInput;
    for (const { namespace } of [CALLER, HANDLER]) this.ask('registerNamespace', { namespace });
    const worker = { namespace: HANDLER.namespace, taskQueue: HANDLER.taskQueue.name };
    this.ask('createNexusEndpoint', { spec: { name: ENDPOINT, target: { worker } } });
  }

  /** Calls a method that answers at once, and expects it to agree. */
  ask<M extends TemporalMethod>(method: M, request: RequestOf<M>): ResponseOf<M> {
    const call = ++this.#calls as CallId;
    const { effects } = this.dispatch({ kind: 'call', call, method, request, remote: false } as CallInput);
    const answer = effects.find((effect) => effect.kind === 'reply' && effect.call === call);
    const reply = (answer as { readonly reply: Reply<M> } | undefined)?.reply;
    if (reply?.ok !== true) throw new Error(`${method} was not answered: ${JSON.stringify(reply)}`);
    return reply.value;
  }

  dispatch(input: Input): ReturnType<Engine['dispatch']> {
    this.#onInput?.(this.now, input);
    const step = this.engine.dispatch(input, this.now);
    this.facts += step.facts.length;
    return step;
  }

  /** Moves time forward and fires what comes due on the way. Returns how many timers fired. */
  advance(by: DurationMs): number {
    const target = instant(this.now + by);
    let fired = 0;
    for (let at = this.engine.nextDeadline; at !== undefined && at <= target; at = this.engine.nextDeadline) {
      this.now = at;
      this.dispatch({ kind: 'timer-due' });
      fired++;
    }
    this.now = target;
    return fired;
  }

  /** Makes `count` operations that have started and stay so, on callers that wait for them. */
  populate(count: number): void {
    for (let left = count; left > 0; left -= OPERATIONS_PER_WORKFLOW) {
      const operations = Math.min(left, OPERATIONS_PER_WORKFLOW);
      this.startWorkflow(CALLER);
      const options = { scheduleToCloseTimeout: ms(30 * 86_400_000) };
      this.answerWorkflowTask(
        CALLER,
        Array.from({ length: operations }, () => schedule(options)),
      );
      for (let nth = 0; nth < operations; nth++) {
        this.answerNexusTask({ asyncSuccess: { operationToken: `token-${this.#calls}` } });
      }
      this.answerWorkflowTask(CALLER, []);
    }
  }

  /**
   * One whole call: a caller schedules an operation, a handler starts a workflow for it, the workflow's result
   * comes back through the callback, the caller completes. Every fourth one fails once and is retried.
   */
  roundTrip(): void {
    const number = this.#workflows;
    this.startWorkflow(CALLER);
    this.answerWorkflowTask(CALLER, [schedule()]);
    if (number % 8 === 0) {
      const { taskToken = '' } = this.ask('pollNexusTaskQueue', HANDLER);
      const failure = { message: 'busy', nexusHandlerFailureInfo: { type: 'UNAVAILABLE' } };
      this.ask('respondNexusTaskFailed', { namespace: HANDLER.namespace, taskToken, failure });
      this.advance(ms(1_000));
    }
    const { taskToken = '', request } = this.ask('pollNexusTaskQueue', HANDLER);
    const { callback = '', callbackHeader = {}, requestId = '' } = request?.startOperation ?? {};
    const { runId } = this.startWorkflow(HANDLER, {
      requestId,
      completionCallbacks: [
        { nexus: { url: callback, header: { 'nexus-operation-token': 'token', ...callbackHeader } } },
      ],
    });
    const response = { startOperation: { asyncSuccess: { operationToken: runId } } };
    this.ask('respondNexusTaskCompleted', { namespace: HANDLER.namespace, taskToken, response });
    this.answerWorkflowTask(CALLER, []);
    this.answerWorkflowTask(HANDLER, [completing]);
    this.answerWorkflowTask(CALLER, [completing]);
  }

  startWorkflow(
    where: typeof CALLER | typeof HANDLER,
    more: Partial<RequestOf<'startWorkflowExecution'>> = {},
  ): ResponseOf<'startWorkflowExecution'> {
    const workflowId = `workflow-${this.#workflows++}`;
    return this.ask('startWorkflowExecution', {
      workflowId,
      workflowType: { name: 'Workflow' },
      ...where,
      ...more,
    });
  }

  answerWorkflowTask(where: typeof CALLER | typeof HANDLER, commands: readonly Command[]): void {
    const { taskToken = '' } = this.ask('pollWorkflowTaskQueue', where);
    this.ask('respondWorkflowTaskCompleted', { namespace: where.namespace, taskToken, commands });
  }

  answerNexusTask(startOperation: StartOperationResponse): void {
    const { taskToken = '' } = this.ask('pollNexusTaskQueue', HANDLER);
    const { namespace } = HANDLER;
    this.ask('respondNexusTaskCompleted', { namespace, taskToken, response: { startOperation } });
  }
}

export const schedule = (options: ScheduleNexusOperationAttributes = {}): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: { endpoint: ENDPOINT, service: 'Payments', operation: 'charge', input, ...options },
});

const completing: Command = {
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: [json({ receipt: 4712 })] } },
};
