import { describe, expect, test } from 'vitest';
import { allRules } from '../../../../../server/analysis/rules/all.ts';
import { findingsIn, marksIn, openFixture, parseFixture } from '../../../../harness/fixture.ts';
import { acrossFilesRows } from './idl-rows-across-files.ts';
import { nexgenRows } from './idl-rows-nexgen.ts';
import { nexusRpcGenRows } from './idl-rows-nexus-rpc-gen.ts';
import { positionRows } from './idl-rows-positions.ts';
import { validRows } from './idl-rows-valid.ts';

const brokenRows = [...nexusRpcGenRows, ...nexgenRows, ...acrossFilesRows, ...positionRows];

const check = async (fixture: string): Promise<void> => {
  const opened = await openFixture(fixture);
  expect(await findingsIn(opened)).toEqual(marksIn(opened));
  expect(opened.failures).toEqual([]);
};

describe('contracts that a generator refuses or gets wrong', () => {
  test.each(brokenRows)('$name', ({ fixture }) => check(fixture));
});

describe('contracts that are fine', () => {
  test.each(validRows)('$name', ({ fixture }) => check(fixture));

  test.each(validRows)('$name: has no marks', ({ fixture }) => {
    expect(parseFixture(fixture).marks).toEqual([]);
  });
});

test('every code of every IDL rule has a row', () => {
  const marked = new Set(
    brokenRows.flatMap(({ fixture }) => parseFixture(fixture).marks.map(({ code }) => code)),
  );
  const codes = allRules.flatMap(({ codes: own }) => own).filter((code) => code.startsWith('idl-'));
  expect([...marked].sort()).toEqual([...codes].sort());
});

test('no two rules share a code', () => {
  const codes = allRules.flatMap(({ codes: own }) => own);
  expect(new Set(codes).size).toBe(codes.length);
});
