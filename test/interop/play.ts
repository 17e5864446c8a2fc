// Makes a test of every row of the table for every cell that it is played in.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, hours } from '../../simulator/base/time.ts';
import { Cell, type Parties } from './cell.ts';
import { endpointOf, InteropWorld, type ReadyApplication } from './interop-world.ts';
import { prepare, type Application, type Language } from './languages.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** Milliseconds in which all applications start, however busy the machine is. */
const patience = 120_000;

/** Tests of the applications that can be had here, and a skipped one for each that cannot. */
export async function describeInterop(languages: readonly Language[]): Promise<void> {
  const applications: Application[] = [];
  for (const language of languages) {
    applications.push(await prepare(language, (line) => console.log(`interop: ${line}`)));
  }
  const absent = applications.filter((application) => application.kind === 'absent');
  test.for(absent)('$language takes part', ({ reason }, { skip }) => skip(reason));
  const ready = applications.filter((application) => application.kind === 'ready');
  describe('time leaps', () => describeScenarios(ready));
  describe('time flows, or stands still', () => describeSlowTime(ready));
}

function describeScenarios(applications: readonly ReadyApplication[]): void {
  const world = worldOf('skip', applications);
  const present = applications.map(({ language }) => language);

  for (const scenario of scenarios) {
    const { name, across } = scenario;
    test.for(cells(across, present))(`${name}: %s`, async ([, parties]) => {
      await play(scenario, new Cell(world(), parties, name));
    });
  }

  test.for(chains(present))('a chain of calls: %s', async ([, [caller, desk, ...rest]]) => {
    const cell = new Cell(world(), { caller, desk }, 'a chain');
    const { outcome } = await cell.call({
      operation: 'relay',
      job: { text: 'passed on by', path: rest.map(endpointOf) },
    });
    const expected = ['passed on by', ...rest.toReversed(), desk].join(' ');
    expect(outcome.answer).toMatchObject({ text: expected, language: desk });
  });

  test.for(chains(present))('a chain of cancellations: %s', async ([, [caller, desk, ...rest]]) => {
    const cell = new Cell(world(), { caller, desk }, 'a cancelled chain');
    const { outcome, events } = await cell.call({
      operation: 'relay',
      job: { path: rest.map(endpointOf), ms: days(1) },
      cancel: true,
    });
    expect(outcome.failure).toMatchObject({ kind: 'canceled', operation: 'relay' });
    expect(outcome.waited).toBeLessThan(days(1));
    expect(events.at(-1)).toBe('Canceled');
  });
}

function describeSlowTime(applications: readonly ReadyApplication[]): void {
  const world = worldOf('real', applications);
  const present = applications.map(({ language }) => language);

  test.for(cells('languages', present))('real time: %s', async ([, parties]) => {
    const cell = new Cell(world(), parties, 'real time');
    const { outcome } = await cell.call({ operation: 'work', job: { ms: 50 } });
    expect(outcome.answer?.language).toBe(parties.desk);
    expect(outcome.waited).toBeGreaterThanOrEqual(50);
  });

  test.for(cells('languages', present))('paused time: %s', async ([, parties]) => {
    const { control } = world();
    const { now } = await control.request('clock/set', { mode: 'paused' });
    const cell = new Cell(world(), parties, 'paused time');
    const id = cell.newId();
    const caller = await cell.begin({ operation: 'work', job: { id, ms: hours(1) } });
    await cell.untilDesk(id, 'timerStartedEventAttributes');
    const { now: later } = await control.request('clock/advance', { by: hours(1) });
    expect(later - now).toBe(hours(1));
    expect(await caller.result()).toMatchObject({ waited: hours(1) });
  });
}

/** Opens a world for the tests of a suite; closing it, all processes must end well. */
function worldOf(time: 'skip' | 'real', applications: readonly ReadyApplication[]): () => InteropWorld {
  let world: InteropWorld | undefined;
  beforeAll(async () => {
    world = await InteropWorld.open(time, applications);
  }, patience);
  afterAll(async () => {
    for (const [name, code] of (await world?.close()) ?? []) expect([name, code]).toEqual([name, 0]);
  }, patience);
  return () => {
    if (world === undefined) throw new Error('There is no world before the tests begin.');
    return world;
  };
}

async function play({ name, long, play }: Scenario, cell: Cell): Promise<void> {
  const began = performance.now();
  await play(cell);
  if (long === undefined) return;
  const took = Math.round(performance.now() - began);
  console.log(`interop: ${name}: ${cell.caller} to ${cell.desk} took ${took} ms`);
}

/** A row of a table of tests: its title, and who takes part. */
type Titled<T> = readonly [title: string, T];

function cells(across: Scenario['across'], present: readonly Language[]): readonly Titled<Parties>[] {
  const parties =
    across === 'languages'
      ? present.map((language) => ({ caller: language, desk: language }))
      : present.flatMap((caller) => present.map((desk) => ({ caller, desk })));
  return parties.map((each) => [`${each.caller} to ${each.desk}`, each]);
}

type Chain = readonly [Language, Language, ...Language[]];

/** Every language begins one chain in which all others follow; one that is alone calls itself. */
function chains(present: readonly Language[]): readonly Titled<Chain>[] {
  const length = Math.max(3, present.length);
  return present.map((_, first) => {
    const chain = Array.from({ length }, (_, at) => present[(first + at) % present.length]);
    return [chain.join(', '), chain as unknown as Chain];
  });
}
