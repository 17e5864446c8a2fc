import { expect, test } from 'vitest';
import { widthOf } from '../../../../simulator/cli/terminal.ts';

test.each([
  ['a terminal', { columns: 132 }, {}, 132],
  ['a terminal, whatever the environment says', { columns: 132 }, { COLUMNS: '80' }, 132],
  ['a pipe', {}, {}, 100],
  ['a pipe with COLUMNS', {}, { COLUMNS: '80' }, 80],
  ['COLUMNS that is no number', {}, { COLUMNS: 'wide' }, 100],
  ['a terminal that does not know', { columns: 0 }, {}, 100],
  ['a very narrow one', { columns: 7 }, {}, 40],
  ['a very wide one', { columns: 500 }, {}, 200],
] as const)('%s', (_, stream, env, width) => {
  expect(widthOf(stream, env)).toBe(width);
});
