import { expect, test } from 'vitest';
import { parseTimeMode } from '../../../../simulator/protocol/time-mode.ts';

test.each([
  ['real', { mode: 'paced', rate: 1 }],
  ['skip', { mode: 'run' }],
  ['paused', { mode: 'paused' }],
  ['paced:10', { mode: 'paced', rate: 10 }],
  ['paced:0.1', { mode: 'paced', rate: 0.1 }],
  ['paced:1000', { mode: 'paced', rate: 1_000 }],
])('%s', (text, mode) => {
  expect(parseTimeMode(text)).toEqual(mode);
});

test.each([
  '',
  'run',
  'Skip',
  'paced',
  'paced:',
  'paced:0',
  'paced:1001',
  'paced:-1',
  'paced:1e2',
  'paced 10',
  'toString',
])('"%s" is nothing', (text) => {
  expect(parseTimeMode(text)).toBeUndefined();
});
