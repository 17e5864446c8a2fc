import { later } from '../base/time.ts';
import type { NamespaceName, RunId, RunRef, WorkflowId } from '../protocol/ids.ts';
import type { HistoryEvent } from '../protocol/temporal/history.ts';
import { linkedRuns, type RunAddress } from '../spans/linked-runs.ts';
import type { RunHistory } from '../spans/run-history.ts';
import type { Exported } from './history-json.ts';

/** A file that was read. */
export interface ExportedFile {
  /** What it is called, without the folder. */
  readonly name: string;
  readonly content: Exported;
}

/** Where nothing tells the namespace of a run. */
const UNKNOWN = '(namespace unknown)';

/**
 * Histories that were exported one by one → runs. A history names its run, but not its namespace: that is told by
 * the others, whose links lead to it, or else by `namespace`.
 */
export function joinExported(
  files: readonly ExportedFile[],
  namespace: string = UNKNOWN,
): readonly RunHistory[] {
  const runs = new Map<string, RunHistory>();
  for (const { name, content } of files) {
    if (content.kind !== 'history') continue;
    const history = { run: runOf(content.events, name, namespace), events: content.events };
    const known = runs.get(history.run.runId);
    // The same run, exported twice: the later one tells more.
    if (known === undefined || known.events.length < history.events.length)
      runs.set(history.run.runId, history);
  }
  const named = withNamespaces([...runs.values()]);
  return named.map((history) => withDescription(history, files));
}

function runOf(events: readonly HistoryEvent[], file: string, namespace: string): RunRef {
  const [started] = events;
  const attributes = started?.eventType === 'WORKFLOW_EXECUTION_STARTED' ? started.attributes : undefined;
  const bare = file.replace(/\.json$/i, '');
  // Older servers did not write the workflow's id down.
  const workflowId = (attributes?.workflowId ?? bare) as WorkflowId;
  const original = (attributes?.originalExecutionRunId ?? bare) as RunId;
  return { namespace: namespace as NamespaceName, workflowId, runId: newestReset(events) ?? original };
}

/** A run that a reset made keeps the first event of the one before it, and that one's run id in it. */
function newestReset(events: readonly HistoryEvent[]): RunId | undefined {
  const reset = events.findLast(
    (event) => event.eventType === 'WORKFLOW_TASK_FAILED' && event.attributes.cause === 'RESET_WORKFLOW',
  );
  return reset?.eventType === 'WORKFLOW_TASK_FAILED' ? (reset.attributes.newRunId as RunId) : undefined;
}

/** Links lead from run to run, so they are followed until they tell nothing new. */
function withNamespaces(histories: readonly RunHistory[]): readonly RunHistory[] {
  const told = new Map<string, NamespaceName>();
  for (let named = histories; ;) {
    const before = told.size;
    for (const { namespace, runId } of named.flatMap(linkedRuns)) {
      if (namespace !== UNKNOWN && runId !== undefined) told.set(runId, namespace as NamespaceName);
    }
    named = named.map(({ run, ...rest }) => {
      const namespace = told.get(run.runId) ?? run.namespace;
      return { ...rest, run: { ...run, namespace } };
    });
    if (told.size === before) return named;
  }
}

function withDescription(history: RunHistory, files: readonly ExportedFile[]): RunHistory {
  const { run, events } = history;
  for (const { content } of files) {
    if (content.kind !== 'description') continue;
    const { workflowExecutionInfo, pendingActivities, pendingNexusOperations, callbacks } = content.described;
    if (workflowExecutionInfo.execution.runId !== run.runId) continue;
    const at = later(content.at, events.at(-1)?.eventTime ?? content.at);
    return {
      ...history,
      described: {
        at,
        ...(pendingActivities !== undefined && { pendingActivities }),
        ...(pendingNexusOperations !== undefined && { pendingNexusOperations }),
        ...(callbacks !== undefined && { callbacks }),
      },
    };
  }
  return history;
}

/** The runs that histories lead to and that are not among them, one sentence each. */
export function absentRuns(histories: readonly RunHistory[]): readonly string[] {
  const runs = new Set(histories.map(({ run }) => run.runId as string));
  const workflows = new Set(histories.map(({ run }) => workflowKey(run)));
  const absent = new Map<string, string>();
  for (const history of histories) {
    for (const address of linkedRuns(history)) {
      const { runId } = address;
      if (runId === undefined ? workflows.has(workflowKey(address)) : runs.has(runId)) continue;
      const name = `workflow ${address.workflowId} in ${address.namespace}`;
      const which = runId === undefined ? name : `run ${runId} of ${name}`;
      absent.set(which, `${history.run.workflowId} leads to ${which}, whose history is not here.`);
    }
  }
  return [...absent.values()];
}

const workflowKey = ({ namespace, workflowId }: RunAddress): string => `${namespace}\n${workflowId}`;
