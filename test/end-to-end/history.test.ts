import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nexusSim } from '../harness/simulator-process.ts';

const fixture = (name: string): string => `test/fixtures/histories/${name}.json`;
const folder = mkdtempSync(join(tmpdir(), 'nexus-history-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('history show draws both sides of a call from the files of both', () => {
  const { code, out, error } = nexusSim('history', 'show', fixture('place-order'), fixture('hold'));
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toMatch(/^placeOrder-42 and 1 more, from 2026-11-22T18:39:47.836Z on\n/);
  expect(out).toMatch(/══ shop ═[^]*BankService\.hold #3 [^]*══ bank ═[^]*workflow holdFunds #3 /);
  expect(out).toMatch(/! placeOrder-42 leads to run /);
});

test('--format json is one document', () => {
  const files = [fixture('audit-order'), fixture('audit-order.describe')];
  const { out } = nexusSim('history', 'show', ...files, '--namespace', 'shop', '--format', 'json');
  expect(JSON.parse(out)).toMatchObject({
    start: '2026-11-22T18:39:47.873Z',
    spans: [{ kind: 'workflow', start: 0, lane: { namespace: 'shop' } }, {}, {}, {}, { kind: 'backoff' }],
    notes: [],
  });
});

test('every file that cannot be read is told, each in one sentence, and nothing is drawn', () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{"events":[}');
  const { code, out, error } = nexusSim(
    'history',
    'show',
    broken,
    join(folder, 'gone.json'),
    fixture('hold'),
  );
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(error.split('\n')).toEqual([
    `nexus-sim: "${broken}" is no JSON at line 1, column 12; export it with "temporal workflow show --output json".`,
    `nexus-sim: There is no file "${join(folder, 'gone.json')}"; check the path.`,
    '',
  ]);
});

test('a description alone is no history', () => {
  const { code, error } = nexusSim('history', 'show', fixture('hold.describe'));
  expect({ code, error }).toEqual({
    code: 2,
    error: 'nexus-sim: There are only descriptions; name the histories that they belong to, too.\n',
  });
});

test('payloads are sent to other machines by https only', () => {
  const codec = ['--codec-endpoint', 'http://codec.example.com'];
  const { code, out, error } = nexusSim('history', 'show', fixture('hold'), ...codec);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(error).toBe('nexus-sim: The codec codec.example.com is not on this machine; name it with https.\n');
});

test('a codec that is not there hides nothing', () => {
  const { code, out } = nexusSim(
    'history',
    'show',
    fixture('hold'),
    '--codec-endpoint',
    'http://127.0.0.1:1',
  );
  expect(code).toBe(0);
  expect(out).toContain('workflow holdFunds');
});
