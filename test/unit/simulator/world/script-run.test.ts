import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import type { Failure } from '../../../../simulator/protocol/temporal/failure.ts';
import type { EventBody, HistoryEvent } from '../../../../simulator/protocol/temporal/history.ts';
import { encodePayload, type Json } from '../../../../simulator/world/json.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { nextCommands } from '../../../../simulator/world/script-run.ts';
import type { Step } from '../../../../simulator/world/world.ts';

const script = (steps: string): readonly Step[] => {
  const { value, problems } = parseWorld(`
nexus: 1
namespaces: [n]
endpoints: { ep: { target: { namespace: n, taskQueue: q } } }
workers: { w: { namespace: n, taskQueue: q, external: true } }
workflows:
  W:
${steps}`);
  expect(problems).toEqual([]);
  return value.workflows[0]?.value ?? [];
};

/** Numbers the events of a history; what does not matter here is left out. */
const history = (...bodies: readonly Partial<EventBody>[]): readonly HistoryEvent[] =>
  bodies.map(
    (body, index) => ({ attributes: {}, ...body, eventId: index + 1, eventTime: instant(0) }) as HistoryEvent,
  );

const started = (input?: Json): Partial<EventBody> => ({
  eventType: 'WORKFLOW_EXECUTION_STARTED',
  attributes: { ...(input !== undefined && { input: { payloads: [encodePayload(input)] } }) } as never,
});
const event = (eventType: string, attributes: object = {}): Partial<EventBody> =>
  ({ eventType, attributes }) as unknown as Partial<EventBody>;
const task = event('WORKFLOW_TASK_COMPLETED');
const scheduled = event('NEXUS_OPERATION_SCHEDULED');
const timer = event('TIMER_STARTED');
const completed = (scheduledEventId: number, result: Json): Partial<EventBody> =>
  event('NEXUS_OPERATION_COMPLETED', { scheduledEventId, result: encodePayload(result) });
const fired = (startedEventId: number): Partial<EventBody> => event('TIMER_FIRED', { startedEventId });

const commands = (steps: readonly Step[], ...bodies: readonly Partial<EventBody>[]): unknown => {
  const result = nextCommands(steps, history(...bodies));
  return result.ok ? result.value : result.error;
};

const call = (operation: string, input?: Json): object => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: {
    endpoint: 'ep',
    service: 'S',
    operation,
    ...(input !== undefined && { input: encodePayload(input) }),
  },
});
const end = (value: Json): object => ({
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: [encodePayload(value)] } },
});

describe('steps one after the other', () => {
  const steps = script(`
    - { call: ep/S.a, input: { id: "\${input.id}" }, as: first, scheduleToClose: 1m }
    - sleep: 3d
    - return: "\${first.x}"`);

  test('the first step is asked for at once', () => {
    expect(commands(steps, started({ id: 7 }))).toEqual([
      {
        ...call('a'),
        attributes: {
          ...(call('a', { id: 7 }) as { attributes: object }).attributes,
          scheduleToCloseTimeout: 60_000,
        },
      },
    ]);
  });

  test('what history knows is not asked for again', () => {
    expect(commands(steps, started({ id: 7 }), task, scheduled)).toEqual([]);
  });

  test('a result makes the next step', () => {
    expect(commands(steps, started(), task, scheduled, completed(3, { x: 1 }))).toEqual([
      { commandType: 'START_TIMER', attributes: { timerId: '1', startToFireTimeout: 259_200_000 } },
    ]);
  });

  test('the last step ends the workflow, with values from the whole history', () => {
    expect(
      commands(steps, started(), task, scheduled, completed(3, { x: 'y' }), task, timer, fired(6)),
    ).toEqual([end('y')]);
  });

  test('commands of a workflow task that failed are asked for anew', () => {
    const failed = event('WORKFLOW_TASK_FAILED');
    expect(commands(steps, started({ id: 7 }), failed, failed)).toHaveLength(1);
  });

  test('a history that another script made is refused', () => {
    expect(commands(steps, started(), task, timer)).toBe(
      "event 3 is TIMER_STARTED, but the script's next command makes NEXUS_OPERATION_SCHEDULED",
    );
  });
});

describe('how a workflow ends', () => {
  const failure: Failure = { message: 'nexus operation completed unsuccessfully', cause: { message: 'no' } };

  test.each(['NEXUS_OPERATION_FAILED', 'NEXUS_OPERATION_CANCELED', 'NEXUS_OPERATION_TIMED_OUT'])(
    'an operation that ends in %s fails it with that failure',
    (eventType) => {
      const steps = script('    - call: ep/S.a\n    - sleep: 1s');
      expect(
        commands(steps, started(), task, scheduled, event(eventType, { scheduledEventId: 3, failure })),
      ).toEqual([{ commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure } }]);
    },
  );

  test('without a return it completes with no result', () => {
    expect(commands(script('    - sleep: 1s'), started(), task, timer, fired(3))).toEqual([
      { commandType: 'COMPLETE_WORKFLOW_EXECUTION', attributes: {} },
    ]);
  });

  test('a when decides whether a step happens', () => {
    const steps = script(`
    - { when: "\${!input.ok}", fail: { type: Declined, message: "no \${input.id}" } }
    - return: fine`);
    expect(commands(steps, started({ ok: true }))).toEqual([end('fine')]);
    expect(commands(steps, started({ ok: false, id: 3 }))).toEqual([
      {
        commandType: 'FAIL_WORKFLOW_EXECUTION',
        attributes: { failure: { message: 'no 3', applicationFailureInfo: { type: 'Declined' } } },
      },
    ]);
  });

  test('a request to cancel cancels it, once', () => {
    const steps = script('    - sleep: 1s');
    const asked = event('WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    expect(commands(steps, started(), task, timer, asked, asked, fired(3))).toEqual([
      { commandType: 'CANCEL_WORKFLOW_EXECUTION' },
    ]);
  });
});

describe('steps side by side', () => {
  const steps = script(`
    - parallel:
        - { call: ep/S.a, as: a }
        - sleep: 5s
        - { when: "\${false}", call: ep/S.never, as: never }
    - { call: ep/S.b, input: ["\${a}", "\${never}"] }`);

  test('all of them are asked for at once', () => {
    expect(commands(steps, started())).toEqual([
      call('a'),
      { commandType: 'START_TIMER', attributes: { timerId: '0/1', startToFireTimeout: 5_000 } },
    ]);
  });

  test.each([
    ['the call first', [completed(3, 1), fired(4)]],
    ['the timer first', [fired(4), completed(3, 1)]],
  ])('the next step waits for all of them: %s', (_, [one, other]) => {
    const before = [started(), task, scheduled, timer];
    expect(commands(steps, ...before, one ?? {})).toEqual([]);
    expect(commands(steps, ...before, one ?? {}, other ?? {})).toEqual([call('b', [1, null])]);
  });

  test('the first failure ends the workflow and leaves the others behind', () => {
    const failed = event('NEXUS_OPERATION_FAILED', { scheduledEventId: 3, failure: { message: 'no' } });
    expect(commands(steps, started(), task, scheduled, timer, failed)).toMatchObject([
      { commandType: 'FAIL_WORKFLOW_EXECUTION' },
    ]);
  });
});

test('S1: a history cut anywhere asks for what the whole history shows next', () => {
  const steps = script(`
    - call: ep/S.a
    - parallel: [{ sleep: 1s }, { call: ep/S.b }, { sleep: 2s }]
    - call: ep/S.c`);
  const whole = [
    started(),
    task,
    scheduled,
    completed(3, 1),
    task,
    timer,
    scheduled,
    timer,
    fired(8),
    completed(7, 2),
    fired(6),
    task,
    scheduled,
  ];
  const asked: number[] = [];
  for (let length = 1; length <= whole.length; length++) {
    const result = nextCommands(steps, history(...whole.slice(0, length)));
    asked.push(result.ok ? result.value.length : -1);
  }
  expect(asked).toEqual([1, 1, 0, 3, 3, 2, 1, 0, 0, 0, 1, 1, 0]);
});
