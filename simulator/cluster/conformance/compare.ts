import type { HistoryEvent } from '../../protocol/temporal/history.ts';
import type { ReadRun } from '../runs.ts';
import { allowedBy, type AllowedDifference } from './allowed.ts';
import { plainEvents, withoutIds, type PlainEvent } from './normalise.ts';

/** One thing that went another way on the server than in the simulation. */
export interface Difference {
  /** `namespace/workflowId`, without the ids in it. */
  readonly run: string;
  readonly eventType: string;
  /** The path of the field; absent when it is about the whole event. */
  readonly field?: string;
  /** What was there; absent when nothing was. */
  readonly simulated?: string;
  readonly served?: string;
  /** Why it may be; absent when it may not. */
  readonly allowed?: AllowedDifference;
}

export interface Comparison {
  readonly runs: number;
  /** Of the simulation. */
  readonly events: number;
  readonly differences: readonly Difference[];
}

type Found = Omit<Difference, 'allowed'>;

/** Compares what a world left behind in the simulation with what it left on a server, run by run, event by event. */
export function compareRuns(simulated: readonly ReadRun[], served: readonly ReadRun[]): Comparison {
  const here = byName(simulated);
  const there = byName(served);
  const found: Found[] = [];
  for (const name of new Set([...here.keys(), ...there.keys()])) {
    const [ours, theirs] = [here.get(name), there.get(name)];
    if (ours !== undefined && theirs !== undefined)
      found.push(...compareEvents(name, ours.events, theirs.events));
    else if (ours !== undefined)
      found.push({ run: name, eventType: 'WORKFLOW_EXECUTION_STARTED', simulated: 'a run' });
    else found.push({ run: name, eventType: 'WORKFLOW_EXECUTION_STARTED', served: 'a run' });
  }
  const differences = found.map((each) => {
    const allowed = allowedBy(each);
    return { ...each, ...(allowed !== undefined && { allowed }) };
  });
  const events = simulated.reduce((sum, run) => sum + run.events.length, 0);
  return { runs: simulated.length, events, differences };
}

/** Runs of one workflow are told apart by their order. */
function byName(runs: readonly ReadRun[]): ReadonlyMap<string, ReadRun> {
  const named = new Map<string, ReadRun>();
  for (const each of runs) {
    const name = withoutIds(`${each.run.namespace}/${each.run.workflowId}`);
    let unique = name;
    for (let count = 2; named.has(unique); count++) unique = `${name} #${count}`;
    named.set(unique, each);
  }
  return named;
}

interface Placed extends PlainEvent {
  readonly at: number;
}

const isTask = ({ eventType }: { readonly eventType: string }): boolean =>
  eventType.startsWith('WORKFLOW_TASK_');

function compareEvents(
  run: string,
  simulated: readonly HistoryEvent[],
  served: readonly HistoryEvent[],
): readonly Found[] {
  const [ours, theirs] = [placed(simulated), placed(served)];
  const pairs = pairUp(
    ours.filter((event) => !isTask(event)),
    theirs.filter((event) => !isTask(event)),
  );
  return [
    ...pairs.flatMap((pair) => compareFields(run, pair)),
    ...compareOrder(run, pairs),
    ...compareTasks(run, ours.filter(isTask), theirs.filter(isTask)),
  ];
}

const placed = (events: readonly HistoryEvent[]): readonly Placed[] =>
  plainEvents(events).map((event, index) => ({ ...event, at: events[index]?.eventTime ?? 0 }));

interface Pair {
  readonly ours: Placed | undefined;
  readonly theirs: Placed | undefined;
  /** Where the second one stands. */
  readonly index: number;
}

/** Events that are the same are paired first, then those of one type in their order. */
function pairUp(ours: readonly Placed[], theirs: readonly Placed[]): readonly Pair[] {
  const left = new Map(theirs.entries());
  const take = (fits: (event: Placed) => boolean): number | undefined => {
    const [index] = [...left].find(([, event]) => fits(event)) ?? [];
    if (index !== undefined) left.delete(index);
    return index;
  };
  const same = ours.map((event) => take((other) => isSame(event, other)));
  const paired = ours.map((event, place): Pair => {
    const index = same[place] ?? take((other) => other.eventType === event.eventType);
    return { ours: event, theirs: index === undefined ? undefined : theirs[index], index: index ?? -1 };
  });
  return [...paired, ...[...left].map(([index, event]): Pair => ({ ours: undefined, theirs: event, index }))];
}

const isSame = (a: PlainEvent, b: PlainEvent): boolean =>
  a.eventType === b.eventType &&
  a.fields.size === b.fields.size &&
  [...a.fields].every(([path, value]) => b.fields.get(path) === value);

function compareFields(run: string, { ours, theirs }: Pair): readonly Found[] {
  const eventType = ours?.eventType ?? theirs?.eventType ?? '';
  if (ours === undefined) return [{ run, eventType, served: 'an event' }];
  if (theirs === undefined) return [{ run, eventType, simulated: 'an event' }];
  const paths = new Set([...ours.fields.keys(), ...theirs.fields.keys()]);
  return [...paths].flatMap((field): readonly Found[] => {
    const [simulated, served] = [ours.fields.get(field), theirs.fields.get(field)];
    if (simulated === served) return [];
    const sides = { ...(simulated !== undefined && { simulated }), ...(served !== undefined && { served }) };
    return [{ run, eventType, field, ...sides }];
  });
}

/** In the simulation many things happen at one instant, and their order is as good as any other. */
function compareOrder(run: string, pairs: readonly Pair[]): readonly Found[] {
  const found: Found[] = [];
  let last: Pair | undefined;
  for (const pair of pairs) {
    if (pair.ours === undefined || pair.theirs === undefined) continue;
    if (last?.ours !== undefined && pair.index < last.index && pair.ours.at !== last.ours.at) {
      const { eventType } = pair.ours;
      const before = last.ours.eventType;
      found.push({ run, eventType, simulated: `after ${before}`, served: `before ${before}` });
    }
    if (last === undefined || pair.index > last.index) last = pair;
  }
  return found;
}

/** How often a worker was asked depends on the moment; how it went must not. */
function compareTasks(run: string, ours: readonly Placed[], theirs: readonly Placed[]): readonly Found[] {
  const ends = (events: readonly Placed[], eventType: string): number =>
    events.filter((event) => event.eventType === eventType).length;
  return ['WORKFLOW_TASK_COMPLETED', 'WORKFLOW_TASK_FAILED', 'WORKFLOW_TASK_TIMED_OUT'].flatMap(
    (eventType) => {
      const [simulated, served] = [ends(ours, eventType), ends(theirs, eventType)];
      if (simulated === served) return [];
      return [{ run, eventType, field: 'count', simulated: String(simulated), served: String(served) }];
    },
  );
}
