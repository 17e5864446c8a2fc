import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeText, type Base64 } from '../../../../../simulator/base/base64.ts';
import { countedBy } from '../../../../../simulator/engine/visibility/count.ts';
import { pageOf, type Place } from '../../../../../simulator/engine/visibility/page.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';
import type { Turn } from '../../../../../simulator/engine/turn.ts';

const turn = { limits: limitsOf('server', { visibilityPageSizeMax: 5 }) } as Turn;
const place = fc.record({
  closed: fc.integer({ min: 0, max: 3 }),
  started: fc.integer({ min: 0, max: 3 }),
  run: fc.uuid(),
});

test('pages hold every item once, the latest first, and no more than the largest page', () => {
  const items = fc.uniqueArray(place, { selector: ({ run }) => run, maxLength: 20 });
  fc.assert(
    fc.property(items, fc.integer({ min: -1, max: 7 }), (all, pageSize) => {
      const seen: Place[] = [];
      let nextPageToken: Base64 | undefined;
      do {
        const page = pageOf(turn, all, (item) => item, {
          pageSize,
          ...(nextPageToken !== undefined && { nextPageToken }),
        });
        if (!page.ok) throw new Error(page.error.message);
        expect(page.value.items.length).toBeLessThanOrEqual(pageSize > 0 && pageSize <= 5 ? pageSize : 5);
        seen.push(...page.value.items);
        ({ nextPageToken } = page.value);
      } while (nextPageToken !== undefined);
      const sorted = [...all].sort(
        (a, b) => b.closed - a.closed || b.started - a.started || (a.run < b.run ? -1 : 1),
      );
      expect(seen).toEqual(sorted);
    }),
  );
});

test.each(['', '[1]', '["a",1,"b"]', 'null', '{'])('a token such as %j is refused', (token) => {
  const nextPageToken = encodeText(token);
  expect(pageOf(turn, [], (item: Place) => item, { nextPageToken })).toMatchObject({
    ok: false,
    error: { code: 'INVALID_ARGUMENT', message: 'next_page_token is not one that a list call returned' },
  });
});

test('items are counted by name', () => {
  expect(countedBy([1, 2, 3], (item) => (item > 1 ? 'many' : 'one')).map(({ count }) => count)).toEqual([
    1, 2,
  ]);
});
