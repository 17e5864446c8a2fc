import { describe, expect, test } from 'vitest';
import { instant } from '../../../../../simulator/base/time.ts';
import type { Notification } from '../../../../../simulator/driver/port.ts';
import {
  BUFFERED_HIGH,
  Outbox,
  REMOVED_MAX,
  ROUND_MS,
} from '../../../../../simulator/frontends/control/outbox.ts';
import type { SpanId } from '../../../../../simulator/protocol/ids.ts';
import { span } from '../../../../harness/fake-control-port.ts';
import { HandTimer } from '../../../../harness/hand-timer.ts';

function open() {
  const timer = new HandTimer();
  const told: object[] = [];
  const outlet = { bufferedAmount: 0, tell: (_method: string, params: object) => void told.push(params) };
  return { timer, told, outlet, outbox: new Outbox(outlet, timer) };
}

const changed = (ids: readonly string[], removed: readonly string[] = [], dropped = 0): Notification => ({
  method: 'timeline/changed',
  params: {
    run: 1,
    spans: ids.map((id) => span(id)),
    now: instant(9),
    ...(removed.length > 0 && { removed: removed as SpanId[], dropped }),
  },
});

describe('spans that were dropped', () => {
  test('are told once with what changed, and not as changed themselves', () => {
    const { timer, told, outbox } = open();
    outbox.add(changed([]));
    told.length = 0;
    outbox.add(changed(['a', 'b']));
    outbox.add(changed([], ['a', 'c'], 2));
    timer.advance(ROUND_MS);
    expect(told).toEqual([{ run: 1, spans: [span('b')], now: 9, removed: ['a', 'c'], dropped: 2 }]);
    outbox.add(changed(['d']));
    timer.advance(ROUND_MS);
    expect(told.at(-1)).toEqual({ run: 1, spans: [span('d')], now: 9 });
  });

  test('are not kept without bound for a client that does not read', () => {
    const { timer, told, outlet, outbox } = open();
    outlet.bufferedAmount = BUFFERED_HIGH + 1;
    outbox.add(changed([], ['a'], 1));
    timer.advance(ROUND_MS);
    expect(told).toEqual([]);
    const ids = Array.from({ length: REMOVED_MAX }, (_, index) => `span-${index}`);
    outbox.add(changed([], ids, REMOVED_MAX + 1));
    timer.advance(ROUND_MS);
    expect(told).toHaveLength(1);
  });
});
