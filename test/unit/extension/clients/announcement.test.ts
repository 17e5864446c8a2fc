import { expect, test } from 'vitest';
import { parseAnnouncement } from '../../../../extension/clients/announcement.ts';

const good = {
  control: { url: 'ws://127.0.0.1:40123', token: 'abc' },
  grpc: '127.0.0.1:7233',
  pid: 12,
};

test('the announced addresses are read', () => {
  expect(parseAnnouncement(JSON.stringify(good))).toEqual({ ok: true, value: good });
});

test.each([
  ['not JSON', 'listening on 7233'],
  ['another host', JSON.stringify({ ...good, control: { ...good.control, url: 'ws://10.0.0.1:1' } })],
  [
    'a host that only begins like ours',
    JSON.stringify({ ...good, control: { ...good.control, url: 'ws://127.0.0.1:1@evil.test' } }),
  ],
  ['no token', JSON.stringify({ ...good, control: { ...good.control, token: '' } })],
  ['no process id', JSON.stringify({ ...good, pid: undefined })],
])('%s is not an announcement', (_what, line) => {
  expect(parseAnnouncement(line)).toEqual({ ok: false, error: line });
});
