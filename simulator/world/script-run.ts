import { jsonPayload } from '../protocol/temporal/payload.ts';
import { ok } from '../base/result.ts';
import type { DurationMs } from '../base/time.ts';
import type { Command } from '../protocol/temporal/command.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { EventAttributes, HistoryEvent } from '../protocol/temporal/history.ts';
import { CommandLog, type Cell, type Outcome } from './command-log.ts';
import { decodePayload, type Json } from './json.ts';
import { cancelCommand, continueCommand, requestCommand, type RunIdentity } from './script-commands.ts';
import { settlementOf } from './script-events.ts';
import {
  canceledCall,
  canceledStep,
  canceledWait,
  describeFailure,
  isCancellation,
  invalidValue,
} from './script-failure.ts';
import type {
  CancellationType,
  CancelStep,
  ContinueStep,
  FailStep,
  RequestStep,
  Step,
  WaitStep,
} from './step.ts';
import { fill, holds } from './template.ts';

/** How far a step or a list of steps has come. */
type Progress =
  | { readonly kind: 'done' | 'waiting' }
  | { readonly kind: 'returned'; readonly value: Json | undefined }
  | { readonly kind: 'continued'; readonly command: Command }
  | { readonly kind: 'failed'; readonly failure: Failure };

const done: Progress = { kind: 'done' };
const waiting: Progress = { kind: 'waiting' };
const failed = (failure: Failure): Progress => ({ kind: 'failed', failure });

/**
 * One run of a script. After every event it goes through all steps from the first one on and as far as it can;
 * what was decided before is in the cells, so that nothing is decided twice.
 */
export class ScriptRun {
  readonly #steps: readonly Step[];
  readonly #cells = new Map<string, Cell>();
  readonly #log = new CommandLog();
  readonly #names = new Map<string, Json>();
  /** What was asked for, by the name that its step gives it. */
  readonly #requests = new Map<string, Cell>();
  #identity: RunIdentity = {};
  readonly #signals = new Map<string, Json[]>();
  /** The failures whose `onFailure` steps are under way, innermost last. */
  readonly #failures: Failure[] = [];
  #cancelRequested = false;
  #isClosed = false;
  /** How often a step has settled something that an earlier step may wait for. */
  #settledBySteps = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  newCommands(): readonly Command[] {
    return this.#log.unsent;
  }

  /** Returns a sentence when the event cannot belong to this script. */
  apply(event: HistoryEvent): string | undefined {
    if (this.#log.isCommandEvent(event)) return this.#log.match(event);
    if (!this.#isClosed && this.#takeIn(event)) this.#advance();
    return undefined;
  }

  /** Takes in what an event tells; false when the script does not care. */
  #takeIn(event: HistoryEvent): boolean {
    switch (event.eventType) {
      case 'WORKFLOW_EXECUTION_STARTED':
        this.#begin(event.attributes);
        return true;
      case 'WORKFLOW_EXECUTION_CANCEL_REQUESTED':
        this.#cancelAll();
        return true;
      case 'WORKFLOW_EXECUTION_SIGNALED': {
        const { signalName, input } = event.attributes;
        const value = decodePayload(input?.payloads?.[0]);
        this.#signals.set(signalName, [...(this.#signals.get(signalName) ?? []), value]);
        return true;
      }
      case 'CHILD_WORKFLOW_EXECUTION_STARTED':
        return this.#noteChild(event.attributes);
      case 'NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED':
        return this.#settleRequested(event.attributes.scheduledEventId);
      case 'NEXUS_OPERATION_CANCEL_REQUEST_FAILED':
        return this.#settleRequested(event.attributes.scheduledEventId, event.attributes.failure);
      case 'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED':
      case 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED':
        return this.#settleRequested(this.#log.cellOf(event.attributes.initiatedEventId)?.cancels?.eventId);
      default: {
        const settled = settlementOf(event);
        return settled !== undefined && this.#settle(settled.eventId, settled.outcome);
      }
    }
  }

  #begin({ input, workflowType, taskQueue }: EventAttributes['WORKFLOW_EXECUTION_STARTED']): void {
    this.#names.set('input', decodePayload(input?.payloads?.[0]));
    this.#identity = { workflowType, taskQueue };
  }

  #noteChild(started: EventAttributes['CHILD_WORKFLOW_EXECUTION_STARTED']): boolean {
    const { initiatedEventId, workflowExecution } = started;
    const request = this.#log.cellOf(initiatedEventId)?.request;
    if (request?.kind !== 'child' || request.waitFor !== 'started') return false;
    const { workflowId = '', runId = '' } = workflowExecution;
    return this.#settle(initiatedEventId, { value: { workflowId, runId } });
  }

  #settle(eventId: number, outcome: Outcome): boolean {
    const cell = this.#log.cellOf(eventId);
    if (cell === undefined || cell.outcome !== undefined) return false;
    cell.outcome = outcome;
    return true;
  }

  /** Who was to be cancelled has been asked, or could not be: the end of steps that wait for no more than that. */
  #settleRequested(eventId: number | undefined, cause?: Failure): boolean {
    const request = eventId === undefined ? undefined : this.#log.cellOf(eventId)?.request;
    if (eventId === undefined || request === undefined || cancellationOf(request) !== 'wait-requested') {
      return false;
    }
    const failure =
      request.kind === 'call' ? canceledCall(request, eventId, cause) : canceledStep(request, eventId);
    return this.#settle(eventId, { failure });
  }

  #advance(): void {
    let before: number;
    let progress: Progress;
    do {
      before = this.#settledBySteps;
      progress = this.#sequence(this.#steps, '');
    } while (this.#settledBySteps !== before && progress.kind === 'waiting');
    if (progress.kind === 'failed') {
      const { failure } = progress;
      const isCanceled = this.#cancelRequested && isCancellation(failure);
      this.#close(
        isCanceled
          ? { commandType: 'CANCEL_WORKFLOW_EXECUTION', attributes: {} }
          : { commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure } },
      );
    } else if (progress.kind === 'continued') {
      this.#close(progress.command);
    } else if (progress.kind !== 'waiting') {
      const value = progress.kind === 'returned' ? progress.value : undefined;
      const attributes = value === undefined ? {} : { result: { payloads: [jsonPayload(value)] } };
      this.#close({ commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes });
    }
  }

  /** Goes through the steps until one of them waits or ends the workflow. */
  #sequence(steps: readonly Step[], prefix: string): Progress {
    for (const [index, step] of steps.entries()) {
      const progress = this.#step(step, `${prefix}${index}`);
      if (progress.kind !== 'done') return progress;
    }
    return done;
  }

  #step(step: Step, path: string): Progress {
    // Whether a step happens is decided once, when the script first comes to it.
    const known = this.#cells.get(path);
    const cell = known ?? this.#newCell(step, path);
    if (cell.isSkipped) return done;
    const progress = this.#do(step, cell, known === undefined);
    return progress.kind === 'failed' && step.onFailure !== undefined
      ? this.#recover(step.onFailure, path, progress.failure)
      : progress;
  }

  #newCell(step: Step, path: string): Cell {
    const isSkipped = step.when !== undefined && !holds(step.when.template, this.#scope);
    const isShielded = this.#failures.length > 0;
    const cell: Cell = { path, isSkipped, isShielded, ...(isRequest(step) && { request: step }) };
    this.#cells.set(path, cell);
    const name = isRequest(step) ? nameOf(step) : undefined;
    if (name !== undefined) this.#requests.set(name, cell);
    return cell;
  }

  #do(step: Step, cell: Cell, isNew: boolean): Progress {
    switch (step.kind) {
      case 'call':
      case 'activity':
      case 'child':
      case 'signal':
        return this.#ask(step, cell, isNew);
      case 'sleep':
        return this.#sleep(step.sleep, cell, isNew);
      case 'wait':
        return this.#wait(step, cell, isNew);
      case 'cancel':
        return this.#cancel(step, cell, isNew);
      case 'parallel':
        return this.#parallel(step.parallel, cell.path);
      case 'steps':
        return this.#sequence(step.steps, `${cell.path}/`);
      case 'return': {
        const value = fill(step.return.template, this.#scope);
        return value.ok ? { kind: 'returned', value: value.value } : failed(invalidValue(value.error));
      }
      case 'continueAsNew':
        return this.#continue(step);
      case 'rethrow':
        return failed(this.#failures.at(-1) ?? canceledWait);
      case 'fail':
        return this.#fail(step);
    }
  }

  #ask(step: RequestStep, cell: Cell, isNew: boolean): Progress {
    if (isNew && this.#isCancelled(cell)) cell.outcome = { failure: canceledStep(step, undefined) };
    else if (isNew) {
      const command = requestCommand(step, cell.path, this.#scope);
      if (command.ok) this.#issue(command.value, cell);
      else cell.outcome = { failure: invalidValue(command.error) };
    }
    return this.#outcomeOf(cell, nameOf(step));
  }

  #issue(command: Command, cell: Cell): void {
    if (command.commandType === 'START_CHILD_WORKFLOW_EXECUTION') {
      cell.workflowId = command.attributes?.workflowId ?? '';
    }
    this.#log.issue(command, cell);
  }

  #continue(step: ContinueStep): Progress {
    const command = continueCommand(step, this.#identity, this.#scope);
    return command.ok ? { kind: 'continued', command: command.value } : failed(invalidValue(command.error));
  }

  #sleep(duration: DurationMs, cell: Cell, isNew: boolean): Progress {
    if (isNew && this.#isCancelled(cell)) cell.outcome = { failure: canceledWait };
    else if (isNew) this.#startTimer(cell, duration);
    return this.#outcomeOf(cell);
  }

  #wait(step: WaitStep, cell: Cell, isNew: boolean): Progress {
    if (isNew && this.#isCancelled(cell)) cell.outcome = { failure: canceledWait };
    const signals = this.#signals.get(step.wait) ?? [];
    const [first, ...rest] = signals;
    if (cell.outcome === undefined && first !== undefined) {
      cell.outcome = { value: first };
      this.#signals.set(step.wait, rest);
    }
    return this.#outcomeOf(cell, step.as?.value);
  }

  #cancel({ cancel, after }: CancelStep, cell: Cell, isNew: boolean): Progress {
    const isTimed = after !== undefined && after > 0;
    if (isNew && this.#isCancelled(cell)) cell.outcome = { failure: canceledWait };
    else if (isNew && isTimed) this.#startTimer(cell, after);
    else if (isNew) cell.outcome = { value: null };
    const progress = this.#outcomeOf(cell);
    if (progress.kind === 'done' && cell.isCancelled !== true) {
      cell.isCancelled = true;
      const target = this.#requests.get(cancel.value);
      if (target !== undefined) this.#cancelCell(target);
    }
    return progress;
  }

  #outcomeOf({ outcome }: Cell, name?: string): Progress {
    if (outcome === undefined) return waiting;
    if ('failure' in outcome) return failed(outcome.failure);
    if (name !== undefined) this.#names.set(name, outcome.value);
    return done;
  }

  /** All of them go on at once; the first that fails or ends the workflow ends the block. */
  #parallel(steps: readonly Step[], path: string): Progress {
    const each = steps.map((step, index) => this.#step(step, `${path}/${index}`));
    const end = each.find(({ kind }) => kind !== 'done' && kind !== 'waiting');
    return end ?? (each.some(({ kind }) => kind === 'waiting') ? waiting : done);
  }

  #recover(steps: readonly Step[], path: string, failure: Failure): Progress {
    const outer = this.#names.get('failure') ?? null;
    this.#failures.push(failure);
    this.#names.set('failure', describeFailure(failure));
    const progress = this.#sequence(steps, `${path}/onFailure/`);
    this.#failures.pop();
    this.#names.set('failure', outer);
    return progress;
  }

  #fail({ fail: { type, message } }: FailStep): Progress {
    const text = message === undefined ? ok(type) : fill(message.template, this.#scope);
    if (!text.ok) return failed(invalidValue(text.error));
    const said = typeof text.value === 'string' ? text.value : JSON.stringify(text.value);
    return failed({ message: said, applicationFailureInfo: { type } });
  }

  /** The workflow was asked to stop: everything it waits for is cancelled, as by an SDK's root scope. */
  #cancelAll(): void {
    if (this.#cancelRequested) return;
    this.#cancelRequested = true;
    for (const cell of this.#cells.values()) {
      if (!cell.isShielded && !cell.isSkipped) this.#cancelCell(cell);
    }
  }

  #isCancelled(cell: Cell): boolean {
    return this.#cancelRequested && !cell.isShielded;
  }

  #cancelCell(cell: Cell): void {
    if (cell.outcome !== undefined || cell.isCancelled === true) return;
    if (cell.request !== undefined) this.#cancelRequest(cell, cell.request);
    else if (cell.timer !== undefined) this.#cancelTimer(cell);
    else cell.outcome = { failure: canceledWait };
  }

  #cancelTimer(cell: Cell): void {
    if (cell.eventId === undefined) this.#log.withdraw(cell);
    else this.#log.issue({ commandType: 'CANCEL_TIMER', attributes: { timerId: cell.path } });
    cell.outcome = { failure: canceledWait };
  }

  /** What SDKs do for each cancellation type (semantics §1.3). */
  #cancelRequest(cell: Cell, request: RequestStep): void {
    const type = cancellationOf(request);
    const command = type === 'abandon' ? undefined : cancelCommand(cell);
    cell.isCancelled = true;
    if (cell.eventId === undefined) this.#log.withdraw(cell);
    else if (command !== undefined) {
      const path = `${cell.path}/cancel`;
      this.#log.issue(command, { path, isSkipped: false, isShielded: true, cancels: cell });
    }
    if (cell.eventId !== undefined && type.startsWith('wait-')) return;
    cell.outcome = { failure: canceledStep(request, cell.eventId) };
    this.#settledBySteps++;
  }

  #startTimer(cell: Cell, startToFireTimeout: DurationMs): void {
    cell.timer = true;
    const attributes = { timerId: cell.path, startToFireTimeout };
    this.#log.issue({ commandType: 'START_TIMER', attributes }, cell);
  }

  #close(command: Command): void {
    this.#isClosed = true;
    this.#log.issue(command);
  }

  readonly #scope = (name: string): Json | undefined => this.#names.get(name);
}

const isRequest = (step: Step): step is Step & RequestStep =>
  step.kind === 'call' || step.kind === 'activity' || step.kind === 'child' || step.kind === 'signal';

const nameOf = (step: RequestStep): string | undefined =>
  step.kind === 'signal' ? undefined : step.as?.value;

/** When a cancelled step is over, where its step does not say: as in the SDKs. */
function cancellationOf(step: RequestStep): CancellationType {
  switch (step.kind) {
    case 'call':
    case 'child':
      return step.cancellation ?? 'wait-completed';
    case 'activity':
      return step.cancellation ?? 'try-cancel';
    case 'signal':
      return 'abandon';
  }
}
