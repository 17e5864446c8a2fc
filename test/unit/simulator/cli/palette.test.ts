import { expect, test } from 'vitest';
import { colours, noColours, paletteFor } from '../../../../simulator/cli/palette.ts';

const terminal = { isTTY: true };
const pipe = {};

test.each([
  ['a terminal', terminal, {}, colours],
  ['a pipe', pipe, {}, noColours],
  ['a terminal that cannot', terminal, { TERM: 'dumb' }, noColours],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, noColours],
  ['NO_COLOR without a value', terminal, { NO_COLOR: '' }, colours],
  ['FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, colours],
  ['FORCE_COLOR=0', pipe, { FORCE_COLOR: '0' }, noColours],
  ['both', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, noColours],
] as const)('%s', (_, stream, env, palette) => {
  expect(paletteFor(stream, env)).toBe(palette);
});
