import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pending, wireParts } from './pending.ts';

const STATEMENTS = 100;

/** The numbers at the beginning of the names of the tests in one file. A table of cases has one name. */
const numbersIn = (text: string): number[] =>
  [...text.matchAll(/['"`]\[(\d+)\] /g)].map(([, number]) => Number(number));

/** The statements that the tests of a folder prove. */
function testedIn(path: string, names: RegExp): number[] {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .filter((name) => names.test(name))
    .flatMap((name) => numbersIn(readFileSync(new URL(name, folder), 'utf8')));
}

const tested = testedIn('.', /^[a-j]-.*\.test\.ts$/);
/** Statements that are tested where they are about a wire; some of them here as well, as far as they need none. */
const onTheWire = testedIn('../../protocol/', /\.test\.ts$/);
const waiting = pending.map(({ number }) => number);

describe('the checklist', () => {
  test('every statement has one test or one reason why it has none', () => {
    const onlyThere = new Set(onTheWire.filter((number) => !tested.includes(number)));
    const all = [...tested, ...onlyThere, ...waiting].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: STATEMENTS }, (_, index) => index + 1));
  });

  test('what remains for the wire belongs to statements that are tested', () => {
    expect(wireParts.filter(({ number }) => !tested.includes(number))).toEqual([]);
    expect(wireParts.filter(({ number }) => onTheWire.includes(number))).toEqual([]);
  });

  test('numbers are read from plain tests and from tables, and not from remarks', () => {
    const text = "test('[7] one', …\n ])('[8] two', …\n test.each(x)(\n'[9] %s', …\n // see [10] there";
    expect(numbersIn(text)).toEqual([7, 8, 9]);
  });
});
