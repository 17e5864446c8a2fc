import { expect, test } from 'vitest';
import { statusText } from '../../../../extension/views/status-bar.ts';
import { instant } from '../../../../simulator/base/time.ts';

const connected = { kind: 'connected', grpcAddress: '127.0.0.1:7233' } as const;
const paused = { now: instant(0), mode: { mode: 'paused' } } as const;
const result = (passed: boolean): { name: string; verdict: Parameters<typeof verdictOf>[0] } => ({
  name: 'hello.nexus.yaml',
  verdict: verdictOf({
    passed,
    endedAt: instant(5_400_000),
    expectations: [
      { text: 'one', line: 3, passed: true },
      { text: 'two', line: 4, passed },
    ],
  }),
});
const verdictOf = (verdict: {
  passed: boolean;
  endedAt: ReturnType<typeof instant>;
  expectations: { text: string; line: number; passed: boolean }[];
}): typeof verdict => verdict;

test.each([
  ['stopped', { connection: { kind: 'stopped' }, now: instant(0) }, '$(debug-start) Nexus', 'startSimulator'],
  ['starting', { connection: { kind: 'starting' }, now: instant(0) }, '$(sync~spin) Nexus', 'showLog'],
  ['running', { connection: connected, now: instant(5_400_000) }, '$(pulse) Nexus 1h30m', 'openTimeline'],
  [
    'paused',
    { connection: connected, now: instant(250), clock: paused },
    '$(debug-pause) Nexus 250ms',
    'openTimeline',
  ],
  [
    'passed',
    { connection: connected, now: instant(5_400_000), finished: result(true) },
    '$(pass) Nexus 1h30m',
    'openTimeline',
  ],
  [
    'failed',
    { connection: connected, now: instant(5_400_000), finished: result(false) },
    '$(error) Nexus 1h30m 1 of 2 failed',
    'openTimeline',
  ],
  [
    'ended',
    { connection: { kind: 'failed', message: 'It ended.' }, now: instant(0) },
    '$(error) Nexus',
    'showLog',
  ],
] as const)('%s', (_what, situation, text, command) => {
  expect(statusText(situation)).toMatchObject({ text, command });
});

test('only what went wrong is an alarm', () => {
  const alarms = [result(true), result(false)].map(
    (finished) => statusText({ connection: connected, now: instant(0), finished }).alarm,
  );
  expect(alarms).toEqual([false, true]);
});

test('the tooltip says where workers connect', () => {
  expect(statusText({ connection: connected, now: instant(0) }).tooltip).toContain('127.0.0.1:7233');
});
