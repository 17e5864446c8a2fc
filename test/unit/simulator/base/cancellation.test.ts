import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';

describe('a cancellation', () => {
  test('is seen and heard, once', () => {
    const source = new CancellationSource();
    const heard: string[] = [];
    source.signal.onCancelled(() => heard.push('a'));
    source.signal.onCancelled(() => heard.push('b'));
    expect(source.signal.cancelled).toBe(false);
    expect(heard).toEqual([]);
    source.cancel();
    source.cancel();
    expect(source.signal.cancelled).toBe(true);
    expect(heard).toEqual(['a', 'b']);
  });

  test('is heard at once by who comes late', () => {
    const source = new CancellationSource();
    source.cancel();
    let heard = 0;
    source.signal.onCancelled(() => heard++).dispose();
    expect(heard).toBe(1);
  });

  test('is not heard by who stopped listening', () => {
    const source = new CancellationSource();
    let heard = 0;
    source.signal.onCancelled(() => heard++).dispose();
    source.cancel();
    expect(heard).toBe(0);
  });

  test('is seen by a listener while it is told', () => {
    const source = new CancellationSource();
    const seen: boolean[] = [];
    source.signal.onCancelled(() => seen.push(source.signal.cancelled));
    source.cancel();
    expect(seen).toEqual([true]);
  });

  test('of one source says nothing of another', () => {
    const [a, b] = [new CancellationSource(), new CancellationSource()];
    a.cancel();
    expect(b.signal.cancelled).toBe(false);
  });
});
