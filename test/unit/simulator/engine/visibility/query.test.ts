import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches } from '../../../../../simulator/engine/visibility/match.ts';
import {
  parseQuery,
  type Attributes,
  type QueryValue,
} from '../../../../../simulator/engine/visibility/query.ts';
import { queryTokens } from '../../../../../simulator/protocol/temporal/query-token.ts';

const attributes = {
  Endpoint: 'keyword',
  Status: ['Running', 'Closed'],
  StartTime: 'time',
  Duration: 'duration',
  Count: 'number',
} as const satisfies Attributes;

const run: Readonly<Record<string, QueryValue>> = {
  Endpoint: "it's",
  Status: 'Running',
  StartTime: -5,
  Count: 3,
};

const holds = (text: string): boolean => {
  const query = parseQuery(text, attributes);
  if (!query.ok) throw new Error(query.error);
  return query.value.where === undefined || matches(query.value.where, (name) => run[name]);
};

describe('a query', () => {
  test.each([
    ['', true],
    ['  ', true],
    [`Endpoint = 'it''s'`, true],
    [`Endpoint = 'it\\'s'`, true],
    [`Endpoint = "it's"`, true],
    ['`Endpoint` = "other"', false],
    [`Endpoint != 'other'`, true],
    [`Endpoint <> 'other'`, true],
    [`Endpoint STARTS_WITH 'it'`, true],
    [`Endpoint not starts_with 'it'`, false],
    [`Endpoint IN ('a', "it's")`, true],
    [`Endpoint NOT IN ('a')`, true],
    [`Endpoint BETWEEN 'a' AND 'z' AND Count = 3`, true],
    ['Count NOT BETWEEN 1 AND 3', false],
    ['Count >= 3 and Count <= 3.0 AND Count > 2 AND Count < 4', true],
    ['StartTime = -5', true],
    ['StartTime > +5', false],
    ["Status = 'Running' OR Status = 'Closed' AND Count = 0", true],
    ["(Status = 'Running' OR Status = 'Closed') AND Count = 0", false],
    ["NOT NOT Status = 'Running'", true],
    ["NOT (Status = 'Running')", false],
    // Of what is not there nothing holds, except that it is not there.
    ["Duration > '1s'", false],
    ["Duration != '1s'", false],
    ['Duration IS NULL', true],
    ['Duration IS NOT NULL', false],
    ['Count IS NULL', false],
  ])('%s: %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  test('may be grouped', () => {
    expect(parseQuery('Count = 1 GROUP BY Status', attributes)).toEqual({
      ok: true,
      value: {
        where: { kind: 'compare', attribute: 'Count', by: '=', value: 1 },
        groupBy: 'Status',
      },
    });
    expect(parseQuery('group by Status', attributes)).toEqual({ ok: true, value: { groupBy: 'Status' } });
  });

  test('reads durations in words and in nanoseconds', () => {
    const values = ["'1m30s'", '90000000000'].map((value) => parseQuery(`Duration = ${value}`, attributes));
    const where = { kind: 'compare', attribute: 'Duration', by: '=', value: 90_000 };
    expect(values).toEqual([1, 2].map(() => ({ ok: true, value: { where } })));
  });

  test.each([
    ['Endpoint = 5', 'Endpoint is compared with a text in quotes, not 5'],
    [
      'invalid query syntax !!!',
      'there is no search attribute invalid, there are Endpoint, Status, StartTime, Duration, Count',
    ],
    [
      'toString = 1',
      'there is no search attribute toString, there are Endpoint, Status, StartTime, Duration, Count',
    ],
    ['= 1', 'a search attribute is expected, not ='],
    ['Count', 'a comparison is expected behind Count, not the end'],
    ['Count NOT = 1', 'a comparison is expected behind Count, not ='],
    ['Count = ', 'Count is compared with a number, not the end'],
    ["Count = 'x'", 'Count is compared with a number, not "x"'],
    ["Status = 'running'", 'Status is compared with one of Running, Closed, not "running"'],
    ["StartTime > 'soon'", 'StartTime is compared with a time such as "2026-01-31T12:00:00Z", not "soon"'],
    ["Duration > 'long'", 'Duration is compared with a duration such as "1m30s", not "long"'],
    ['Endpoint = Endpoint', 'Endpoint is compared with a text in quotes, not Endpoint'],
    ["Endpoint = 'open", 'Endpoint is compared with a text in quotes, not "\'"'],
    ['Count = 1 Count = 2', 'AND or OR is expected before Count'],
    ['Count = 1)', 'AND or OR is expected before )'],
    ['(Count = 1', ') is expected, not the end'],
    ['Count IN 1', '( is expected, not 1'],
    ['Count IN (1,)', 'Count is compared with a number, not )'],
    ['Count BETWEEN 1 OR 2', 'AND is expected, not OR'],
    ['Count IS 1', 'NULL is expected, not 1'],
    ['Count STARTS_WITH "1"', 'STARTS_WITH is for texts, and Count is none'],
    ['Count = 1 ORDER BY Count', 'ORDER BY is not supported: the latest come first'],
    ['ORDER BY Count', 'ORDER BY is not supported: the latest come first'],
    ['GROUP Status', 'BY is expected, not Status'],
    ['GROUP BY Status, Count', 'GROUP BY takes one search attribute'],
    ['GROUP BY', 'a search attribute is expected, not the end'],
    [`${'('.repeat(101)}Count = 1${')'.repeat(101)}`, 'it nests deeper than 100 levels'],
    [`${'NOT '.repeat(100_000)}Count = 1`, 'it nests deeper than 100 levels'],
  ])('%s is none', (text, problem) => {
    expect(parseQuery(text, attributes)).toEqual({ ok: false, error: `invalid query: ${problem}` });
  });

  test('is total: any text is a query or a problem, and a query can be asked', () => {
    const word = fc.constantFrom(
      ...[
        'Count',
        'Endpoint',
        'Status',
        'StartTime',
        'Nothing',
        'AND',
        'OR',
        'NOT',
        'IN',
        'BETWEEN',
        'IS',
        'NULL',
      ],
      ...[
        'STARTS_WITH',
        'GROUP',
        'ORDER',
        'BY',
        '(',
        ')',
        ',',
        '=',
        '!=',
        '<',
        '1',
        '-2.5',
        "'Running'",
        '"x',
        '`',
        '\\',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (query) => {
        const parsed = parseQuery(query, attributes);
        if (!parsed.ok) return /^invalid query: ./.test(parsed.error);
        const { where } = parsed.value;
        return where === undefined || typeof matches(where, (name) => run[name]) === 'boolean';
      }),
      { numRuns: 2_000 },
    );
  });

  test('any text in quotes is read back as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const single = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
        const double = `"${value.replace(/["\\]/g, '\\$&')}"`;
        const read = [single, double].map((quoted) => queryTokens(quoted));
        return read.every(
          (tokens) => tokens.length === 1 && tokens[0]?.kind === 'string' && tokens[0].value === value,
        );
      }),
    );
  });
});
