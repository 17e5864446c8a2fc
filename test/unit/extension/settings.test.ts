import { expect, test } from 'vitest';

import { readSettings, timeModes } from '../../../extension/settings.ts';
import { parseTimeMode } from '../../../simulator/protocol/time-mode.ts';
import { fakeDesk } from '../../harness/fake-vscode.ts';

const reading = (port: unknown, time: unknown): ReturnType<typeof readSettings> => {
  const desk = fakeDesk();
  desk.settings.set('nexus.simulator.grpcPort', port).set('nexus.simulator.time', time);
  return readSettings(desk.editor);
};

test('settings are read', () => {
  expect(reading(0, 'skip')).toEqual({ grpcPort: 0, time: 'skip' });
});

test.each(timeModes)('%s is understood by the simulator', (time) => {
  expect(reading(0, time).time).toBe(time);
  expect(parseTimeMode(time)).toBeDefined();
});

test.each([
  [undefined, undefined],
  ['7000', 'fast'],
  [-1, 1],
  [70_000, null],
  [7.5, []],
])('%j and %j are not usable, so the defaults count', (port, time) => {
  expect(reading(port, time)).toEqual({ grpcPort: 7233, time: 'real' });
});
