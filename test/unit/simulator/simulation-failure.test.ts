// What clients hear when something that was to be kept cannot be: an error, and nothing else from then on.
import { afterEach, expect, test } from 'vitest';
import { createDriver } from '../../../simulator/driver/driver.ts';
import { StorageError } from '../../../simulator/persistence/journal.ts';
import { Simulation, type SimulationOptions } from '../../../simulator/simulation.ts';

let simulation: Simulation;
let told: string[];
afterEach(() => simulation.dispose());

function open(options: Partial<SimulationOptions>): void {
  told = [];
  simulation = new Simulation({
    version: '1.2.3',
    originMs: 0,
    clock: { mode: 'paused' },
    createDriver,
    onShutdown: () => undefined,
    onFailed: (sentence) => told.push(sentence),
    ...options,
  });
}

const fail = (): never => {
  throw new StorageError('The disk is full.');
};
const refused = { ok: false, error: { message: 'The disk is full.' } };

test('an endpoint whose registry cannot be kept is not acknowledged, on no wire', async () => {
  open({ onRegistryChanged: fail });
  expect(await simulation.remote.call('registerNamespace', { namespace: 'orders' })).toMatchObject({
    ok: false,
    error: { code: 'UNAVAILABLE' },
  });
  expect(await simulation.request('namespaces/list', {})).toMatchObject(refused);
  expect(told).toEqual(['The disk is full.']);
});

test('a clock whose setting cannot be kept is not acknowledged', async () => {
  open({ onClockChosen: fail });
  expect(await simulation.request('clock/set', { mode: 'run' })).toMatchObject(refused);
  expect(told).toEqual(['The disk is full.']);
});

test('a world that cannot be recorded is not run', async () => {
  let isFull = false;
  open({ createJournal: () => (isFull ? fail() : undefined) });
  isFull = true;
  const world = { name: 'w', text: 'nexus: 1\nnamespaces: [orders]\n' };
  expect(await simulation.request('world/run', world)).toMatchObject(refused);
  expect(await simulation.request('simulator/describe', {})).toMatchObject(refused);
  expect(told).toEqual(['The disk is full.']);
});

test('a first world that cannot be recorded is none', () => {
  open({});
  expect(() => open({ createJournal: fail })).toThrow(StorageError);
});
