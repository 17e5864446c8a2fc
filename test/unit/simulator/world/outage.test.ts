import { expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { commonOutages, outagesOf } from '../../../../simulator/world/outage.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';

const outage = (from: number, to: number): object => ({ from: instant(from), to: instant(to) });

test('outages of a worker come in order, and as one where they overlap', () => {
  const { value } = parseWorld(`
nexus: 1
faults:
  - { worker: w, at: 50s, down: 1s }
  - { worker: w, at: 10s, down: 10s }
  - { worker: other, at: 1s, down: 1h }
  - { worker: w, at: 15s, down: 1s }
  - { worker: w, at: 20s, down: 5s }`);
  expect(outagesOf(value, 'w')).toEqual([outage(10_000, 25_000), outage(50_000, 51_000)]);
});

test('several participants are gone when each of them is', () => {
  const one = [
    { from: instant(0), to: instant(10) },
    { from: instant(20), to: instant(30) },
  ];
  const other = [{ from: instant(5), to: instant(25) }];
  expect(commonOutages([one, other])).toEqual([outage(5, 10), outage(20, 25)]);
  expect(commonOutages([one, []])).toEqual([]);
  expect(commonOutages([])).toEqual([]);
});
