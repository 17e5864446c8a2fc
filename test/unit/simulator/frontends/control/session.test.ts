import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../../../simulator/base/result.ts';
import { instant } from '../../../../../simulator/base/time.ts';
import { BUFFERED_HIGH, FACTS_MAX, ROUND_MS } from '../../../../../simulator/frontends/control/outbox.ts';
import { BUFFERED_MAX, Session, UNANSWERED_MAX } from '../../../../../simulator/frontends/control/session.ts';
import { FakeControlPort, span } from '../../../../harness/fake-control-port.ts';
import { HandTimer } from '../../../../harness/hand-timer.ts';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly run?: number; readonly spans?: readonly { id: string; attributes: object }[] };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

function open() {
  const port = new FakeControlPort();
  const timer = new HandTimer();
  const sent: Message[] = [];
  const wire = {
    bufferedAmount: 0,
    closed: undefined as number | undefined,
    send: (text: string, done?: () => void) => {
      sent.push(JSON.parse(text) as Message);
      done?.();
    },
    close: (code: number) => {
      wire.closed = code;
    },
  };
  const failures: unknown[] = [];
  const session = new Session(wire, { port, timer, onFailure: (_, problem) => failures.push(problem) });
  const send = (message: unknown): Promise<void> => {
    session.receive(typeof message === 'string' ? message : JSON.stringify(message));
    return taken();
  };
  const subscribe = async (): Promise<void> => {
    await send({ jsonrpc: '2.0', id: 0, method: 'timeline/subscribe' });
    timer.advance(ROUND_MS);
    sent.length = 0;
  };
  return { port, timer, sent, wire, session, send, subscribe, failures };
}

const request = (method: string, params?: unknown, id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
/** Settles when a message that was just received has been dealt with. */
const taken = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what cannot be understood is refused in one sentence', () => {
  test.each([
    ['no JSON', '{', null, -32700, 'The message is not JSON. Send one JSON-RPC 2.0 request per message.'],
    ['a batch', '[]', null, -32600, 'Batches are not supported. Send one request per message.'],
    ['text', '"x"', null, -32600, 'The message is not a JSON-RPC 2.0 request: it is not an object.'],
    [
      'an older protocol',
      '{"id":7,"method":"simulator/describe"}',
      7,
      -32600,
      'The message is not a JSON-RPC 2.0 request: its "jsonrpc" is not "2.0".',
    ],
    [
      'no method',
      '{"jsonrpc":"2.0","id":"a"}',
      'a',
      -32600,
      'The message is not a JSON-RPC 2.0 request: its method is not text.',
    ],
    [
      'null as id',
      '{"jsonrpc":"2.0","id":null,"method":"faults/clear"}',
      null,
      -32600,
      'The message is not a JSON-RPC 2.0 request: its id is neither text nor a number.',
    ],
    [
      'a message of the connection itself',
      '{"jsonrpc":"2.0","method":"$/cancelRequest"}',
      null,
      -32601,
      expect.stringContaining('There is no method "$/cancelRequest".') as string,
    ],
    [
      'an object as id',
      '{"jsonrpc":"2.0","id":{},"method":"x"}',
      null,
      -32600,
      'The message is not a JSON-RPC 2.0 request: its id is neither text nor a number.',
    ],
  ] as const)('%s', async (...[, text, id, code, message]) => {
    const { send, sent } = open();
    await send(text);
    expect(sent).toEqual([{ jsonrpc: '2.0', id, error: { code, message } }]);
  });

  test('an unknown method, with those there are', async () => {
    const { send, sent, port } = open();
    await send(request('toString'));
    expect(sent[0]?.error).toMatchObject({ code: -32601 });
    expect(sent[0]?.error?.message).toMatch(
      /^There is no method "toString"\. There are simulator\/describe, /,
    );
    expect(port.asked).toEqual([]);
  });

  test('wrong parameters, with method, path and expectation', async () => {
    const { send, sent, port } = open();
    await send(request('clock/set', { mode: 'paced', rate: 'fast' }));
    expect(sent[0]?.error).toEqual({
      code: -32602,
      message: 'clock/set: params.rate: Invalid input: expected number, received string.',
    });
    expect(port.asked).toEqual([]);
  });
});

describe('requests', () => {
  test('are answered with the result of the port', async () => {
    const { send, sent, port } = open();
    port.answer = () => Promise.resolve(ok({ endpoints: [] }));
    await send(request('endpoints/list', undefined, 'abc'));
    expect(port.asked).toEqual([{ method: 'endpoints/list', params: {} }]);
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 'abc', result: { endpoints: [] } }]);
  });

  test('a refusal keeps its sentence', async () => {
    const { send, sent, port } = open();
    port.answer = () => Promise.resolve(err({ message: 'The clock runs. Pause it first.' }));
    await send(request('clock/advance', { by: 5 }));
    expect(sent).toEqual([
      { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'The clock runs. Pause it first.' } },
    ]);
  });

  test('a failure of the program is answered and reported', async () => {
    const { send, sent, port, failures } = open();
    port.answer = () => Promise.reject(new Error('boom'));
    await send(request('simulator/describe'));
    expect(sent[0]?.error).toEqual({
      code: -32000,
      message: 'The simulator failed to answer simulator/describe: Error: boom',
    });
    expect(failures).toEqual([new Error('boom')]);
  });

  test('without an id they are carried out and not answered', async () => {
    const { send, sent, port } = open();
    await send({ jsonrpc: '2.0', method: 'clock/set', params: { mode: 'paused' } });
    expect(port.asked).toEqual([{ method: 'clock/set', params: { mode: 'paused' } }]);
    expect(sent).toEqual([]);
  });

  test('too many unanswered ones are refused', async () => {
    const { send, sent, port } = open();
    port.answer = () => new Promise(() => undefined);
    for (let id = 0; id < UNANSWERED_MAX; id += 1) await send(request('simulator/describe', {}, id));
    expect(sent).toEqual([]);
    await send(request('simulator/describe', {}, 'one more'));
    expect(port.asked).toHaveLength(UNANSWERED_MAX);
    expect(sent).toMatchObject([{ id: 'one more', error: { code: -32000 } }]);
  });

  test('of one id are answered one by one, or one of them would be lost', async () => {
    const { send, sent, port } = open();
    let answer: () => void = () => undefined;
    port.answer = () => new Promise((resolve) => (answer = () => resolve(ok({}))));
    await send(request('faults/clear', {}, 1));
    await send(request('faults/clear', {}, '1'));
    expect(sent).toMatchObject([
      {
        id: '1',
        error: {
          code: -32000,
          message:
            'The request before with the id "1" is not answered yet. Give every request an id of its own.',
        },
      },
    ]);
    answer();
    await taken();
    await send(request('timeline/unsubscribe', {}, 1));
    expect(sent.slice(1)).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 1, result: {} },
    ]);
  });

  test('in one burst are all answered; what is more than may wait is refused at once', async () => {
    const { session, sent, port } = open();
    for (let id = 0; id <= UNANSWERED_MAX; id += 1)
      session.receive(JSON.stringify(request('simulator/describe', {}, id)));
    for (let nth = 0; nth < 10; nth += 1)
      session.receive(JSON.stringify({ jsonrpc: '2.0', method: 'faults/clear' }));
    for (let round = 0; round < 2 * UNANSWERED_MAX; round += 1) await taken();
    expect(port.asked).toHaveLength(UNANSWERED_MAX);
    expect(sent[0]).toMatchObject({ id: UNANSWERED_MAX, error: { code: -32000 } });
    expect(sent.slice(1).map(({ id }) => id)).toEqual([...Array(UNANSWERED_MAX).keys()]);
  });

  test('shutting down is answered before it happens', async () => {
    const { send, sent, port, failures } = open();
    port.answer = () => {
      expect(sent).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
      return Promise.resolve(ok({}));
    };
    await send(request('simulator/shutdown'));
    expect(port.asked).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  test('a client that reads nothing is let go', async () => {
    const { send, sent, wire } = open();
    wire.bufferedAmount = BUFFERED_MAX + 1;
    await send('{');
    expect(sent).toEqual([]);
    expect(wire.closed).toBe(1013);
  });
});

describe('the timeline', () => {
  test('changes come only between subscribing and unsubscribing, the snapshot first', async () => {
    const { send, sent, port, timer } = open();
    port.spans = [span('a')];
    port.change('a');
    expect(sent).toEqual([]);
    await send(request('timeline/subscribe'));
    port.change('b');
    timer.advance(ROUND_MS);
    expect(sent).toMatchObject([
      { id: 1, result: { run: 1, spans: [{ id: 'a' }] } },
      { method: 'timeline/changed', params: { spans: [{ id: 'b' }] } },
    ]);
    port.change('c');
    await send(request('timeline/unsubscribe'));
    port.change('d');
    timer.advance(1_000);
    expect(sent).toHaveLength(3);
    expect(sent[2]).toMatchObject({ id: 1, result: {} });
  });

  test('what changes while a snapshot is on its way comes after it', async () => {
    const { send, sent, port, timer } = open();
    port.timeline = () => {
      queueMicrotask(() => port.change('a', { version: 2 }));
      return { run: 1, spans: [span('a', { version: 1 })], now: instant(0) };
    };
    await send(request('timeline/subscribe'));
    timer.advance(ROUND_MS);
    expect(sent).toMatchObject([
      { id: 1, result: { spans: [{ attributes: { version: 1 } }] } },
      { params: { spans: [{ attributes: { version: 2 } }] } },
    ]);
  });

  test('of many changes between two rounds the latest state of each span is sent', async () => {
    const { sent, port, timer, subscribe } = open();
    await subscribe();
    port.change('a', { version: 1 });
    for (let version = 2; version <= 100; version += 1) port.change('a', { version });
    port.change('b');
    expect(sent).toHaveLength(1);
    timer.advance(ROUND_MS);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.params?.spans).toMatchObject([{ id: 'a', attributes: { version: 100 } }, { id: 'b' }]);
    timer.advance(1_000);
    expect(sent).toHaveLength(2);
  });

  test('at most thirty messages leave in a second', async () => {
    const { sent, port, timer, subscribe } = open();
    await subscribe();
    for (let elapsed = 0; elapsed < 1_000; elapsed += 1) {
      port.change(`span-${elapsed}`);
      timer.advance(1);
    }
    expect(sent.length).toBeGreaterThan(25);
    expect(sent.length).toBeLessThanOrEqual(30);
  });

  test('while the client does not read, changes wait, and only their latest state is sent', async () => {
    const { sent, port, timer, wire, subscribe } = open();
    await subscribe();
    wire.bufferedAmount = BUFFERED_HIGH + 1;
    for (let version = 1; version <= 50; version += 1) {
      port.change('a', { version });
      timer.advance(ROUND_MS);
    }
    expect(sent).toEqual([]);
    wire.bufferedAmount = 0;
    timer.advance(ROUND_MS);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.params?.spans).toMatchObject([{ id: 'a', attributes: { version: 50 } }]);
  });

  test('a new run drops what was left of the old one', async () => {
    const { sent, port, timer, subscribe } = open();
    await subscribe();
    port.change('sent at once');
    port.change('old');
    port.change('new', {}, 2);
    timer.advance(ROUND_MS);
    expect(sent[1]).toMatchObject({ params: { run: 2, spans: [{ id: 'new' }] } });
  });

  test('the end of a world is announced after its last change', async () => {
    const { sent, port, timer, subscribe } = open();
    await subscribe();
    port.change('first');
    port.notify({
      method: 'world/finished',
      params: { run: 1, name: 'w', verdict: { passed: true, expectations: [], endedAt: instant(5) } },
    });
    port.change('last');
    timer.advance(ROUND_MS);
    expect(sent.map(({ method }) => method)).toEqual([
      'timeline/changed',
      'timeline/changed',
      'world/finished',
    ]);
  });

  test('a session that is over hears nothing and waits for nothing', async () => {
    const { sent, port, timer, session, subscribe } = open();
    await subscribe();
    port.change('a');
    port.change('b');
    session.dispose();
    port.change('c');
    timer.advance(1_000);
    expect(sent).toHaveLength(1);
    expect(timer.delays).toEqual([]);
  });
});

test('the clock is announced without a subscription, and only as it is now', () => {
  const { sent, port, timer } = open();
  for (const now of [1, 2, 3]) {
    port.notify({ method: 'clock/changed', params: { now: instant(now), mode: { mode: 'run' } } });
  }
  timer.advance(ROUND_MS);
  expect(sent).toMatchObject([{ params: { now: 1 } }, { params: { now: 3 } }]);
});

describe('facts', () => {
  const fact = (nth: number): Record<string, unknown> => ({ kind: 'namespace-registered', at: nth });
  const recorded = (facts: Record<string, unknown>[], run = 1) =>
    ({ method: 'facts/recorded', params: { run, facts, dropped: 0 } }) as const;

  test('are told from the subscription on, all of a round in one message, until unsubscribed', async () => {
    const { port, send, sent, timer } = open();
    port.notify(recorded([fact(0)]));
    await send(request('facts/subscribe'));
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 1, result: { run: 1, now: 0 } }]);
    sent.length = 0;
    timer.advance(ROUND_MS);
    port.notify(recorded([fact(1)]));
    port.notify(recorded([fact(2)]));
    port.notify(recorded([fact(3)]));
    timer.advance(ROUND_MS);
    expect(sent.map(({ params }) => params)).toEqual([
      { run: 1, facts: [fact(1)], dropped: 0 },
      { run: 1, facts: [fact(2), fact(3)], dropped: 0 },
    ]);
    await send(request('facts/unsubscribe'));
    sent.length = 0;
    port.notify(recorded([fact(4)]));
    timer.advance(ROUND_MS);
    expect(sent).toEqual([]);
  });

  test('that a client does not read in time are dropped, the oldest first, and counted', async () => {
    const { port, send, sent, timer, wire } = open();
    await send(request('facts/subscribe'));
    sent.length = 0;
    wire.bufferedAmount = BUFFERED_HIGH + 1;
    for (let nth = 0; nth <= 2 * FACTS_MAX; nth++) port.notify(recorded([fact(nth)]));
    wire.bufferedAmount = 0;
    timer.advance(ROUND_MS);
    const { facts, dropped } = (sent[0]?.params ?? {}) as { facts?: { at: number }[]; dropped?: number };
    expect([facts?.length, facts?.[0]?.at, facts?.at(-1)?.at, dropped]).toEqual([
      FACTS_MAX,
      FACTS_MAX + 1,
      2 * FACTS_MAX,
      FACTS_MAX + 1,
    ]);
  });
});
