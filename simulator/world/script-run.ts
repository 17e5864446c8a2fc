import { err, ok, type Result } from '../base/result.ts';
import type { Command } from '../protocol/temporal/command.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventType, HistoryEvent } from '../protocol/temporal/history.ts';
import { decodePayload, encodePayload, type Json } from './json.ts';
import { fill, holds } from './template.ts';
import type { CallStep, ParallelStep, Step } from './world.ts';

/**
 * Plays a script against a history and returns the commands that come next.
 *
 * Invariants:
 *  S1. The same steps and the same events give the same commands, in the same order.
 *  S2. After every event the script runs as far as it can; so what it does next depends on the order of events
 *      in the history only, and that order never changes.
 *  S3. The n-th command event of the history belongs to the n-th command that the script made.
 *
 * Refused when the history contradicts the steps, which happens only to a run that another version of the file began.
 */
export function nextCommands(
  steps: readonly Step[],
  events: readonly HistoryEvent[],
): Result<readonly Command[], string> {
  const run = new ScriptRun(steps);
  for (const event of events) {
    const problem = run.apply(event);
    if (problem !== undefined) return err(problem);
  }
  return ok(run.newCommands());
}

/** How far a step or a list of steps has come. */
type Progress =
  | { readonly kind: 'done' | 'waiting' }
  | { readonly kind: 'returned'; readonly value: Json | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

const done: Progress = { kind: 'done' };
const waiting: Progress = { kind: 'waiting' };

/** What became of a step; `path` is its place among the steps, such as `2/0`. */
interface Cell {
  readonly path: string;
  readonly isSkipped: boolean;
  outcome?: { readonly value: Json } | { readonly failure: Failure };
}

const eventOfCommand: Partial<Record<Command['commandType'], EventType>> = {
  START_TIMER: 'TIMER_STARTED',
  SCHEDULE_NEXUS_OPERATION: 'NEXUS_OPERATION_SCHEDULED',
  COMPLETE_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_COMPLETED',
  FAIL_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_FAILED',
  CANCEL_WORKFLOW_EXECUTION: 'WORKFLOW_EXECUTION_CANCELED',
};
const commandEvents: ReadonlySet<string> = new Set(Object.values(eventOfCommand));

class ScriptRun {
  readonly #steps: readonly Step[];
  readonly #cells = new Map<string, Cell>();
  readonly #issued: { readonly command: Command; readonly cell: Cell | undefined }[] = [];
  /** How many of the issued commands the history knows. */
  #matched = 0;
  /** By the id of the event that a resolution refers to. */
  readonly #waiting = new Map<number, Cell>();
  readonly #names = new Map<string, Json>();
  #isClosed = false;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  newCommands(): readonly Command[] {
    return this.#issued.slice(this.#matched).map(({ command }) => command);
  }

  /** Returns a sentence when the event cannot belong to this script. */
  apply(event: HistoryEvent): string | undefined {
    if (commandEvents.has(event.eventType)) return this.#match(event);
    if (this.#isClosed) return undefined;
    if (event.eventType === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED') {
      this.#close({ commandType: 'CANCEL_WORKFLOW_EXECUTION' });
    } else if (this.#resolve(event)) {
      this.#advance();
    }
    return undefined;
  }

  #match(event: HistoryEvent): string | undefined {
    const issued = this.#issued[this.#matched];
    const expected = issued && eventOfCommand[issued.command.commandType];
    if (expected !== event.eventType) {
      return `event ${event.eventId} is ${event.eventType}, but the script's next command makes ${expected ?? 'no event'}`;
    }
    this.#matched++;
    if (issued?.cell !== undefined) this.#waiting.set(event.eventId, issued.cell);
    return undefined;
  }

  /** Takes in what an event tells; false when the script does not care. */
  #resolve(event: HistoryEvent): boolean {
    switch (event.eventType) {
      case 'WORKFLOW_EXECUTION_STARTED':
        this.#names.set('input', decodePayload(event.attributes.input?.payloads?.[0]));
        return true;
      case 'TIMER_FIRED':
        return this.#settle(event.attributes.startedEventId, { value: null });
      case 'NEXUS_OPERATION_COMPLETED':
        return this.#settle(event.attributes.scheduledEventId, {
          value: decodePayload(event.attributes.result),
        });
      case 'NEXUS_OPERATION_FAILED':
      case 'NEXUS_OPERATION_CANCELED':
      case 'NEXUS_OPERATION_TIMED_OUT':
        return this.#settle(event.attributes.scheduledEventId, { failure: event.attributes.failure });
      default:
        return false;
    }
  }

  #settle(eventId: number, outcome: NonNullable<Cell['outcome']>): boolean {
    const cell = this.#waiting.get(eventId);
    if (cell === undefined || cell.outcome !== undefined) return false;
    cell.outcome = outcome;
    return true;
  }

  #advance(): void {
    const progress = this.#sequence(this.#steps);
    if (progress.kind === 'failed') {
      this.#close({ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: progress.failure } });
    } else if (progress.kind !== 'waiting') {
      const value = progress.kind === 'returned' ? progress.value : undefined;
      const attributes = value === undefined ? {} : { result: { payloads: [encodePayload(value)] } };
      this.#close({ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes });
    }
  }

  #sequence(steps: readonly Step[]): Progress {
    for (const [index, step] of steps.entries()) {
      const progress = this.#step(step, String(index));
      if (progress.kind !== 'done') return progress;
    }
    return done;
  }

  #step(step: Step, path: string): Progress {
    // Whether a step happens is decided once, when the script first comes to it.
    const known = this.#cells.get(path);
    const isSkipped =
      known?.isSkipped ?? (step.when !== undefined && !holds(step.when.template, this.#scope));
    const cell = known ?? { path, isSkipped };
    this.#cells.set(path, cell);
    if (isSkipped) return done;
    switch (step.kind) {
      case 'call':
        return this.#await(cell, known === undefined, step);
      case 'sleep':
        return this.#await(cell, known === undefined, step);
      case 'parallel':
        return this.#parallel(step.parallel, path);
      case 'return': {
        const value = fill(step.return.template, this.#scope);
        return value.ok ? { kind: 'returned', value: value.value } : tooLarge(value.error);
      }
      case 'fail':
        return this.#fail(step.fail);
    }
  }

  #await(cell: Cell, isNew: boolean, step: ParallelStep): Progress {
    if (isNew) {
      const command = step.kind === 'call' ? this.#schedule(step) : ok(this.#timer(cell.path, step.sleep));
      if (!command.ok) return tooLarge(command.error);
      this.#issued.push({ command: command.value, cell });
    }
    const { outcome } = cell;
    if (outcome === undefined) return waiting;
    if ('failure' in outcome) return { kind: 'failed', failure: outcome.failure };
    if (step.kind === 'call' && step.as !== undefined) this.#names.set(step.as.value, outcome.value);
    return done;
  }

  #schedule(step: CallStep): Result<Command, string> {
    const input = step.input === undefined ? undefined : fill(step.input.template, this.#scope);
    if (input?.ok === false) return input;
    return ok({
      commandType: 'SCHEDULE_NEXUS_OPERATION',
      attributes: {
        endpoint: step.call.endpoint.value,
        service: step.call.service,
        operation: step.call.operation,
        ...(input !== undefined && { input: encodePayload(input.value) }),
        ...(step.scheduleToClose !== undefined && { scheduleToCloseTimeout: step.scheduleToClose }),
      },
    });
  }

  #timer(path: string, duration: Extract<Step, { kind: 'sleep' }>['sleep']): Command {
    return { commandType: 'START_TIMER', attributes: { timerId: path, startToFireTimeout: duration } };
  }

  /** All of them wait at once; the first that fails ends the block. */
  #parallel(steps: readonly ParallelStep[], path: string): Progress {
    const each = steps.map((step, index) => this.#step(step, `${path}/${index}`));
    const failed = each.find((progress) => progress.kind === 'failed');
    return failed ?? (each.some((progress) => progress.kind === 'waiting') ? waiting : done);
  }

  #fail({ type, message }: Extract<Step, { kind: 'fail' }>['fail']): Progress {
    const text = message === undefined ? ok(type) : fill(message.template, this.#scope);
    if (!text.ok) return tooLarge(text.error);
    const said = typeof text.value === 'string' ? text.value : JSON.stringify(text.value);
    return { kind: 'failed', failure: { message: said, applicationFailureInfo: { type } } };
  }

  #close(command: Command): void {
    this.#isClosed = true;
    this.#issued.push({ command, cell: undefined });
  }

  readonly #scope = (name: string): Json | undefined => this.#names.get(name);
}

const tooLarge = (message: string): Progress => ({
  kind: 'failed',
  failure: { message, applicationFailureInfo: { type: 'ValueTooLarge', nonRetryable: true } },
});
