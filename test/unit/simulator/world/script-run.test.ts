import { jsonPayload } from '../../../../simulator/protocol/temporal/payload.ts';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import type { Failure } from '../../../../simulator/protocol/temporal/failure.ts';
import type { EventBody, HistoryEvent } from '../../../../simulator/protocol/temporal/history.ts';
import type { Json } from '../../../../simulator/world/json.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { nextCommands } from '../../../../simulator/world/next-commands.ts';
import type { Step } from '../../../../simulator/world/step.ts';

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
  attributes: { ...(input !== undefined && { input: { payloads: [jsonPayload(input)] } }) } as never,
});
const event = (eventType: string, attributes: object = {}): Partial<EventBody> =>
  ({ eventType, attributes }) as unknown as Partial<EventBody>;
const task = event('WORKFLOW_TASK_COMPLETED');
const scheduled = event('NEXUS_OPERATION_SCHEDULED');
const timer = event('TIMER_STARTED');
const completed = (scheduledEventId: number, result: Json): Partial<EventBody> =>
  event('NEXUS_OPERATION_COMPLETED', { scheduledEventId, result: jsonPayload(result) });
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
    ...(input !== undefined && { input: jsonPayload(input) }),
  },
});
const end = (value: Json): object => ({
  commandType: 'COMPLETE_WORKFLOW_EXECUTION',
  attributes: { result: { payloads: [jsonPayload(value)] } },
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
});

describe('cancelling', () => {
  const asked = event('WORKFLOW_EXECUTION_CANCEL_REQUESTED');
  const cancelTimer = (timerId: string): object => ({ commandType: 'CANCEL_TIMER', attributes: { timerId } });
  const requestCancel = (scheduledEventId: number): object => ({
    commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
    attributes: { scheduledEventId },
  });
  const canceled: object = { commandType: 'CANCEL_WORKFLOW_EXECUTION', attributes: {} };
  const operationCanceled = (scheduledEventId: number): Partial<EventBody> =>
    event('NEXUS_OPERATION_CANCELED', {
      scheduledEventId,
      failure: { nexusOperationExecutionFailureInfo: {}, cause: { canceledFailureInfo: {} } },
    });

  test('the workflow cancels its timer and itself, once', () => {
    const steps = script('    - sleep: 1s');
    expect(commands(steps, started(), task, timer, asked, asked)).toEqual([cancelTimer('0'), canceled]);
  });

  test('a timer that was not started yet is not cancelled, but left out', () => {
    expect(commands(script('    - sleep: 1s'), started(), asked)).toEqual([canceled]);
  });

  test('what comes after a request to cancel does not begin; what clears up does', () => {
    const steps = script('    - { sleep: 1s, onFailure: [{ sleep: 2s }] }\n    - call: ep/S.a');
    const cleaning = {
      commandType: 'START_TIMER',
      attributes: { timerId: '0/onFailure/0', startToFireTimeout: 2_000 },
    };
    const until = [started(), task, timer, asked];
    expect(commands(steps, ...until)).toEqual([cancelTimer('0'), cleaning]);
    expect(commands(steps, ...until, task, event('TIMER_CANCELED'), timer, fired(7))).toEqual([canceled]);
  });

  test('a step that clears up and throws again leaves the workflow canceled', () => {
    const steps = script('    - { sleep: 1s, onFailure: [{ rethrow: true }] }\n    - return: 1');
    expect(commands(steps, started(), task, timer, asked)).toEqual([cancelTimer('0'), canceled]);
  });

  const cancelledAs = (type: string): readonly Step[] =>
    script(`
    - parallel:
        - call: ep/S.a
          as: a
          cancellation: ${type}
          onFailure: [{ return: '\${failure.kind}' }]
        - { cancel: a, after: 1s }
    - return: done`);
  const until = [started(), task, scheduled, timer, event('NEXUS_OPERATION_STARTED'), fired(4)];
  const requested = [...until, task, event('NEXUS_OPERATION_CANCEL_REQUESTED')];
  const accepted = event('NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED', { scheduledEventId: 3 });

  // semantics §1.3: what the four types send, and when the call is over for the workflow.
  test.each([
    ['wait-completed', [requestCancel(3)]],
    ['wait-requested', [requestCancel(3)]],
    ['try-cancel', [requestCancel(3), end('canceled')]],
    ['abandon', [end('canceled')]],
  ])('%s', (type, next) => {
    expect(commands(cancelledAs(type), ...until)).toEqual(next);
  });

  test('wait-requested is over when the handler has accepted', () => {
    expect(commands(cancelledAs('wait-requested'), ...requested)).toEqual([]);
    expect(commands(cancelledAs('wait-requested'), ...requested, accepted)).toEqual([end('canceled')]);
  });

  test('wait-completed is over when the operation is', () => {
    const steps = cancelledAs('wait-completed');
    expect(commands(steps, ...requested, accepted)).toEqual([]);
    expect(commands(steps, ...requested, accepted, operationCanceled(3))).toEqual([end('canceled')]);
  });

  test('a call that ended meanwhile is not cancelled', () => {
    const steps = script(`
    - parallel: [{ call: ep/S.a, as: a, cancellation: abandon }, { cancel: a, after: 1s }]
    - return: '\${a}'`);
    expect(commands(steps, started(), task, scheduled, timer, completed(3, 5), fired(4))).toEqual([end(5)]);
  });

  test('a call that is cancelled before it was sent is not sent', () => {
    const steps = script(`
    - parallel: [{ call: ep/S.a, as: a, onFailure: [{ return: never }] }, { cancel: a }]`);
    expect(commands(steps, started())).toEqual([end('never')]);
  });

  test('a request to cancel that could not be delivered fails a call that waits for it', () => {
    const steps = script(`
    - parallel:
        - { call: ep/S.a, as: a, cancellation: wait-requested, onFailure: [{ return: '\${failure.message}' }] }
        - { cancel: a, after: 1s }`);
    const until = [
      started(),
      task,
      scheduled,
      timer,
      fired(4),
      task,
      event('NEXUS_OPERATION_CANCEL_REQUESTED'),
    ];
    const failure = { message: 'no such token', nexusHandlerFailureInfo: { type: 'NOT_FOUND' } };
    const refused = event('NEXUS_OPERATION_CANCEL_REQUEST_FAILED', { scheduledEventId: 3, failure });
    expect(commands(steps, ...until, refused)).toEqual([end('no such token')]);
  });
});

describe('failures and signals', () => {
  const failed = (scheduledEventId: number, cause: Failure): Partial<EventBody> =>
    event('NEXUS_OPERATION_FAILED', {
      scheduledEventId,
      failure: { message: 'outer', nexusOperationExecutionFailureInfo: {}, cause },
    });

  test('steps for failures know what happened, and the workflow goes on after them', () => {
    const steps = script(`
    - call: ep/S.a
      as: a
      onFailure: [{ call: ep/S.b, input: '\${failure}' }]
    - return: '\${a == null}'`);
    const until = [
      started(),
      task,
      scheduled,
      failed(3, { message: 'no', applicationFailureInfo: { type: 'T' } }),
    ];
    expect(commands(steps, ...until)).toEqual([call('b', { kind: 'failed', type: 'T', message: 'no' })]);
    expect(commands(steps, ...until, task, scheduled, completed(6, 1))).toEqual([end(true)]);
  });

  test('timeouts are told apart', () => {
    const steps = script(
      "    - { call: ep/S.a, onFailure: [{ return: '${failure.kind} ${failure.type}' }] }",
    );
    const timeout: Failure = { timeoutFailureInfo: { timeoutType: 'SCHEDULE_TO_CLOSE' } };
    expect(commands(steps, started(), task, scheduled, failed(3, timeout))).toEqual([
      end('timed-out SCHEDULE_TO_CLOSE'),
    ]);
  });

  test('a signal is taken once, also when it comes before anybody waits', () => {
    const steps = script(`
    - sleep: 1s
    - { wait: go, as: first }
    - { wait: go, as: second }
    - return: ['\${first}', '\${second}']`);
    const signal = (value: Json): Partial<EventBody> =>
      event('WORKFLOW_EXECUTION_SIGNALED', { signalName: 'go', input: { payloads: [jsonPayload(value)] } });
    const early = [started(), task, timer, signal(1), fired(3)];
    expect(commands(steps, ...early)).toEqual([]);
    expect(commands(steps, ...early, signal(2))).toEqual([end([1, 2])]);
  });

  test('blocks of steps go on beside one another', () => {
    const steps = script(`
    - parallel:
        - steps: [{ call: ep/S.a, as: a }, { call: ep/S.b, input: '\${a}' }]
        - steps: [{ call: ep/S.c, as: c }, { call: ep/S.d, input: '\${c}' }]`);
    const until = [started(), task, scheduled, scheduled, completed(4, 'C')];
    expect(commands(steps, started())).toEqual([call('a'), call('c')]);
    expect(commands(steps, ...until)).toEqual([call('d', 'C')]);
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
