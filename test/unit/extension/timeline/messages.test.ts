import { describe, expect, test } from 'vitest';
import { parseFromPage } from '../../../../extension/timeline/messages.ts';

const code = { kind: 'operation', service: 'Greeting', operation: 'echo' };

describe('messages of the page', () => {
  test.each([
    [{ type: 'ready' }],
    [{ type: 'run-world' }],
    [{ type: 'start-simulator' }],
    [{ type: 'clock', mode: { mode: 'paused' } }],
    [{ type: 'jump', role: 'caller', code }],
    [{ type: 'jump', role: 'handler', code: { kind: 'workflow', workflowType: 'Greet' } }],
  ])('%j is taken', (message) => {
    expect(parseFromPage(message)).toEqual({ ok: true, value: message });
  });

  test.each([
    [undefined],
    ['ready'],
    [{}],
    [{ type: 'eval', text: '1' }],
    [{ type: 'clock', mode: { mode: 'paced', rate: 1e9 } }],
    [{ type: 'clock' }],
    [{ type: 'jump', role: 'owner', code }],
    [{ type: 'jump', role: 'caller', code: { kind: 'operation', service: 'Greeting' } }],
    [{ type: 'jump', role: 'caller', code: { kind: 'workflow', workflowType: 'x'.repeat(5_000) } }],
  ])('%j is refused with a sentence', (message) => {
    const parsed = parseFromPage(message);
    expect(parsed.ok ? '' : parsed.error).toMatch(/^The timeline page .*\.$/);
  });

  test('what is not asked for does not come through', () => {
    const parsed = parseFromPage({ type: 'jump', role: 'caller', code: { ...code, path: '/etc/passwd' } });
    expect(parsed).toEqual({ ok: true, value: { type: 'jump', role: 'caller', code } });
  });
});
