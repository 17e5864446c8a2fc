import { describe, expect, test } from 'vitest';
import { ok } from '../../../../simulator/base/result.ts';
import { days, hours, ms, seconds } from '../../../../simulator/base/time.ts';
import { withWorkerTimes } from '../../../../simulator/driver/worker-times.ts';
import type { ClockMode } from '../../../../simulator/protocol/contract.ts';
import { FakeTemporalPort } from '../../../harness/fake-temporal-port.ts';

const header = {
  'request-timeout': '9s',
  'Request-Timeout': '9s',
  'operation-timeout': '20000ms',
  mine: '1',
};
const activity = {
  taskToken: 'token',
  startToCloseTimeout: seconds(5),
  scheduleToCloseTimeout: ms(0),
  heartbeatTimeout: seconds(1),
};

const portIn = (mode: ClockMode) =>
  withWorkerTimes(
    new FakeTemporalPort({
      pollNexusTaskQueue: () => ok({ taskToken: 'token', request: { header } }),
      pollActivityTaskQueue: () => ok(activity),
    }),
    () => mode,
  );

describe.each([
  [{ mode: 'run' }, '9s', seconds(5)],
  [{ mode: 'paced', rate: 1 }, '9s', seconds(5)],
  [{ mode: 'paced', rate: 1_000 }, '9s', seconds(5)],
  [{ mode: 'paced', rate: 0.1 }, '90s', seconds(50)],
  [{ mode: 'paused' }, '604800s', days(7)],
  [{ mode: 'paused', holdInputs: true }, '604800s', days(7)],
] as const)('in mode %o', (mode, requestTimeout, startToCloseTimeout) => {
  test('a Nexus task says how long its worker has, and leaves all else as it is', async () => {
    expect(await portIn(mode).call('pollNexusTaskQueue', {})).toMatchObject({
      value: {
        taskToken: 'token',
        request: {
          header: { ...header, 'request-timeout': requestTimeout, 'Request-Timeout': requestTimeout },
        },
      },
    });
  });

  test('an activity too; no timeout stays none, and heartbeats keep their pace', async () => {
    expect(await portIn(mode).call('pollActivityTaskQueue', {})).toEqual(
      ok({ ...activity, startToCloseTimeout }),
    );
  });
});

test('what is longer than any pause is not made shorter, and an empty answer stays empty', async () => {
  const port = withWorkerTimes(
    new FakeTemporalPort({
      pollNexusTaskQueue: () => ok({}),
      pollActivityTaskQueue: () => ok({ scheduleToCloseTimeout: hours(24 * 60) }),
    }),
    () => ({ mode: 'paused' }),
  );
  expect(await port.call('pollNexusTaskQueue', {})).toEqual(ok({}));
  expect(await port.call('pollActivityTaskQueue', {})).toEqual(ok({ scheduleToCloseTimeout: days(60) }));
});
