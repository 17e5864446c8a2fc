import type { CancellationSignal } from '../base/cancellation.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Instant } from '../base/time.ts';
import type { NamespaceName, RunId, RunRef, WorkflowId } from '../protocol/ids.ts';
import type { ResponseOf } from '../protocol/temporal/methods.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import type { ServiceError, TemporalPort } from '../protocol/temporal/port.ts';
import { linkedRuns, type RunAddress } from '../spans/linked-runs.ts';
import type { DescribedRun, RunHistory } from '../spans/run-history.ts';
import { checkedEvents } from './history-check.ts';

export interface AttachOptions {
  readonly port: Pick<TemporalPort, 'call'>;
  /** The instant at which a description is told. */
  readonly now: () => Instant;
  /** Most runs that are read. */
  readonly runsMax: number;
  readonly signal?: CancellationSignal;
}

/** Most events of all runs together. */
const EVENTS_MAX = 500_000;

/**
 * Reads a run and everything that links lead to from there, over namespaces and both ways, and changes nothing. What
 * may not be read or is not there becomes a note and hides nothing else.
 */
export class Attachment {
  readonly #options: AttachOptions;
  /** By run id, in the order in which they were found. */
  readonly #runs = new Map<RunId, RunHistory>();
  readonly #asked = new Set<string>();
  readonly #notes = new Map<string, string>();
  readonly #closedNamespaces = new Set<string>();
  #events = 0;

  constructor(options: AttachOptions) {
    this.#options = options;
  }

  get histories(): readonly RunHistory[] {
    return [...this.#runs.values()];
  }

  /** One sentence each. */
  get notes(): readonly string[] {
    return [...this.#notes.values()];
  }

  /** Reads the first run and all that it leads to. The error is a sentence: it cannot be read itself. */
  async open(address: RunAddress): Promise<Result<RunHistory, string>> {
    this.#asked.add(keyOf(address));
    const first = await this.#read(address);
    if (!first.ok) return err(`${nameOf(address)} cannot be read: ${sentenceOf(first.error)}`);
    await this.explore([first.value]);
    return first;
  }

  /** Follows the links of these runs as far as they lead. Returns the runs that are new. */
  async explore(from: readonly RunHistory[]): Promise<readonly RunHistory[]> {
    const found: RunHistory[] = [];
    const left = from.flatMap(linkedRuns);
    for (let address = left.shift(); address !== undefined; address = left.shift()) {
      if (!this.#isNew(address)) continue;
      if (this.#runs.size >= this.#options.runsMax) {
        const { runsMax } = this.#options;
        this.#notes.set('runs', `More than ${runsMax} runs are linked; the others are not shown.`);
        break;
      }
      const before = this.#runs.size;
      const read = await this.#read(address);
      if (!read.ok) this.#note(address, read.error);
      else if (this.#runs.size > before) {
        found.push(read.value);
        left.push(...linkedRuns(read.value));
      }
    }
    return found;
  }

  /** Takes what is new of a run. */
  update(history: RunHistory): void {
    this.#events += history.events.length - (this.#runs.get(history.run.runId)?.events.length ?? 0);
    this.#runs.set(history.run.runId, history);
  }

  /** What is pending in a run now; undefined when it cannot be asked. */
  async describe(run: RunRef): Promise<DescribedRun | undefined> {
    const { namespace, workflowId, runId } = run;
    const execution = { workflowId, runId };
    const reply = await this.#options.port.call('describeWorkflowExecution', { namespace, execution });
    return reply.ok ? this.#described(reply.value) : undefined;
  }

  noteUnreadable(run: RunRef, error: ServiceError): void {
    this.#note(run, error);
  }

  #isNew(address: RunAddress): boolean {
    const key = keyOf(address);
    if (this.#asked.has(key) || this.#closedNamespaces.has(address.namespace)) return false;
    this.#asked.add(key);
    return address.runId === undefined || !this.#runs.has(address.runId as RunId);
  }

  async #read({ namespace, workflowId, runId }: RunAddress): Promise<Result<RunHistory, ServiceError>> {
    const { port } = this.#options;
    const asked = { namespace, execution: { workflowId, ...(runId !== undefined && { runId }) } };
    const reply = await port.call('describeWorkflowExecution', asked);
    if (!reply.ok) return reply;
    const { execution } = reply.value.workflowExecutionInfo;
    const run = {
      namespace: namespace as NamespaceName,
      workflowId: workflowId as WorkflowId,
      runId: (execution.runId ?? runId ?? '') as RunId,
    };
    const known = this.#runs.get(run.runId);
    if (known !== undefined) return ok(known);
    const events = await this.#readEvents(run);
    if (!events.ok) return events;
    const history = { run, events: events.value, described: this.#described(reply.value) };
    this.update(history);
    return ok(history);
  }

  async #readEvents({
    namespace,
    workflowId,
    runId,
  }: RunRef): Promise<Result<readonly HistoryEvent[], ServiceError>> {
    const events: HistoryEvent[] = [];
    for (let nextPageToken: string | undefined; ;) {
      const reply = await this.#options.port.call('getWorkflowExecutionHistory', {
        namespace,
        execution: { workflowId, runId },
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      if (!reply.ok) return reply;
      events.push(...(reply.value.history.events ?? []));
      ({ nextPageToken } = reply.value);
      if (this.#events + events.length > EVENTS_MAX) {
        return err({ code: 'RESOURCE_EXHAUSTED', message: `more than ${EVENTS_MAX} events are too many` });
      }
      if (nextPageToken === undefined) break;
    }
    const checked = checkedEvents(events);
    return checked.ok ? checked : err({ code: 'INTERNAL', message: `its history ${checked.error}` });
  }

  #described(description: ResponseOf<'describeWorkflowExecution'>): DescribedRun {
    const { pendingActivities, pendingNexusOperations, callbacks } = description;
    return {
      at: this.#options.now(),
      ...(pendingActivities !== undefined && { pendingActivities }),
      ...(pendingNexusOperations !== undefined && { pendingNexusOperations }),
      ...(callbacks !== undefined && { callbacks }),
    };
  }

  #note(address: RunAddress, error: ServiceError): void {
    const { namespace } = address;
    if (error.code === 'PERMISSION_DENIED') {
      this.#closedNamespaces.add(namespace);
      this.#notes.set(
        namespace,
        `Namespace ${namespace} may not be read, so what goes on there is not shown: ${sentenceOf(error)}`,
      );
      return;
    }
    this.#notes.set(keyOf(address), `${nameOf(address)} cannot be shown: ${sentenceOf(error)}`);
  }
}

const keyOf = ({ namespace, workflowId, runId = '' }: RunAddress): string =>
  [namespace, workflowId, runId].join('\n');

const nameOf = ({ namespace, workflowId, runId }: RunAddress): string =>
  `Workflow ${workflowId} in ${namespace}${runId === undefined ? '' : `, run ${runId},`}`;

const sentenceOf = ({ message }: ServiceError): string => `${message.replace(/\.?\s*$/, '')}.`;
