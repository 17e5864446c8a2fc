import { describe, expect, test } from 'vitest';
import { Emitter } from '../../../../simulator/base/emitter.ts';

describe('an emitter', () => {
  test('tells every listener, in the order they came', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    emitter.event((value) => heard.push(`a${value}`));
    emitter.event((value) => heard.push(`b${value}`));
    emitter.fire(1);
    emitter.fire(2);
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('tells one function twice when it listens twice, until each is given back', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    const first = emitter.event(listener);
    emitter.event(listener);
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    expect(heard).toEqual([1, 1, 2]);
  });

  test('tells those who listened when the call began', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const own = emitter.event((value) => {
      heard.push(`a${value}`);
      own.dispose();
      emitter.event((later) => heard.push(`late${later}`));
    });
    emitter.event((value) => heard.push(`b${value}`));
    emitter.fire(1);
    expect(heard).toEqual(['a1', 'b1']);
    emitter.fire(2);
    expect(heard).toEqual(['a1', 'b1', 'b2', 'late2']);
  });

  test('tells nobody once it is disposed', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    emitter.event((value) => heard.push(value));
    emitter.dispose();
    emitter.fire(1);
    expect(heard).toEqual([]);
  });
});
