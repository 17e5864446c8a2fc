import { expect, test } from 'vitest';
import { bindings, effectOf, type KeyPress } from '../../../../extension/webview/keys.ts';

const press = (code: string, change: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key: code,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
});

test('letters count by their place on the keyboard, not by what they write', () => {
  expect(effectOf(press('KeyA', { key: 'q' }), false)).toMatchObject({ type: 'pan', pixels: -80 });
  expect(effectOf(press('KeyQ', { key: 'a' }), false)).toBeUndefined();
});

test('combinations stay the editor’s', () => {
  for (const key of ['ctrlKey', 'metaKey', 'altKey'] as const)
    for (const { codes } of bindings)
      for (const code of codes) expect(effectOf(press(code, { [key]: true }), false)).toBeUndefined();
});

test('the question mark opens and closes the help, wherever it is on the keyboard', () => {
  const question = press('Slash', { key: '?', shiftKey: true });
  expect(effectOf(question, false)).toEqual({ type: 'help', open: true });
  expect(effectOf(question, true)).toEqual({ type: 'help', open: false });
});

test('escape closes the help before it clears the selection', () => {
  const escape = press('Escape', { key: 'Escape' });
  expect(effectOf(escape, true)).toEqual({ type: 'help', open: false });
  expect(effectOf(escape, false)).toEqual({ type: 'select', id: undefined });
});

test('no key has two meanings', () => {
  const codes = bindings.flatMap((binding) => [...binding.codes]);
  expect(new Set(codes).size).toBe(codes.length);
});
