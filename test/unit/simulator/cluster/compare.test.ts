import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../../../simulator/cluster/conformance/compare.ts';
import type { ReadRun } from '../../../../simulator/cluster/runs.ts';
import type { HistoryEvent } from '../../../../simulator/protocol/temporal/history.ts';

const ids = ['0e3c8d40-51e8-4287-87e8-ee27bc1ed5ec', '5d5aabfa-f456-4517-8868-22f3c32393b8'] as const;

/** Events by their types, a second apart unless a time is given. */
function run(
  workflowId: string,
  ...events: readonly (readonly [type: string, attributes?: object, at?: number])[]
) {
  const history = events.map(([eventType, attributes = {}, at], index) => ({
    eventId: index + 1,
    eventTime: at ?? index * 1_000,
    eventType,
    attributes,
  }));
  const ref = { namespace: 'shop', workflowId, runId: 'r' };
  return {
    run: ref,
    events: history as unknown as readonly HistoryEvent[],
    described: { at: 0 },
  } as unknown as ReadRun;
}

const differences = (ours: readonly ReadRun[], theirs: readonly ReadRun[]) =>
  compareRuns(ours, theirs).differences.filter(({ allowed }) => allowed === undefined);

describe('histories are the same', () => {
  test('whatever the ids, the times, the identities and the numbers of the events', () => {
    const ours = run(
      `greet-${ids[0]}`,
      ['WORKFLOW_EXECUTION_STARTED', { identity: 'a', originalExecutionRunId: ids[0] }],
      ['TIMER_STARTED', { timerId: '0' }],
      ['TIMER_FIRED', { timerId: '0', startedEventId: 2 }],
    );
    const theirs = run(
      `greet-${ids[1]}`,
      ['WORKFLOW_EXECUTION_STARTED', { identity: 'b', originalExecutionRunId: ids[1] }, 7],
      ['WORKFLOW_TASK_SCHEDULED', {}],
      ['TIMER_STARTED', { timerId: '0' }],
      ['TIMER_FIRED', { timerId: '0', startedEventId: 3 }],
    );
    expect(differences([ours], [theirs])).toEqual([]);
  });

  test('when what happened at one instant comes in another order', () => {
    const a = ['TIMER_FIRED', { timerId: 'a' }, 5] as const;
    const b = ['TIMER_FIRED', { timerId: 'b' }, 5] as const;
    expect(differences([run('w', a, b)], [run('w', b, a)])).toEqual([]);
  });

  test('when workers were asked more often; that is told with its reason', () => {
    const done = ['WORKFLOW_TASK_COMPLETED', {}] as const;
    const { differences: all } = compareRuns([run('w', done)], [run('w', done, done)]);
    expect(all).toMatchObject([
      { eventType: 'WORKFLOW_TASK_COMPLETED', field: 'count', simulated: '1', served: '2' },
    ]);
    expect(all[0]?.allowed?.reason).toContain('one instant');
  });
});

describe('a difference is told', () => {
  test('with its field and both sides', () => {
    const ours = run('w', ['TIMER_STARTED', { timerId: '0', startToFireTimeout: 1 }]);
    const theirs = run('w', ['TIMER_STARTED', { timerId: '0', startToFireTimeout: 2 }]);
    expect(differences([ours], [theirs])).toEqual([
      {
        run: 'shop/w',
        eventType: 'TIMER_STARTED',
        field: 'attributes.startToFireTimeout',
        simulated: '1',
        served: '2',
      },
    ]);
  });

  test('of an event that only one side has', () => {
    const started = ['WORKFLOW_EXECUTION_STARTED', {}] as const;
    const fired = ['TIMER_FIRED', { timerId: 'a' }] as const;
    expect(differences([run('w', started, fired)], [run('w', started)])).toEqual([
      { run: 'shop/w', eventType: 'TIMER_FIRED', simulated: 'an event' },
    ]);
    expect(differences([run('w', started)], [run('w', started, fired)])).toEqual([
      { run: 'shop/w', eventType: 'TIMER_FIRED', served: 'an event' },
    ]);
  });

  test('of an order that matters', () => {
    const a = ['TIMER_FIRED', { timerId: 'a' }] as const;
    const b = ['ACTIVITY_TASK_COMPLETED', {}] as const;
    expect(differences([run('w', a, b)], [run('w', b, a)])).toEqual([
      {
        run: 'shop/w',
        eventType: 'ACTIVITY_TASK_COMPLETED',
        simulated: 'after TIMER_FIRED',
        served: 'before TIMER_FIRED',
      },
    ]);
  });

  test('of a workflow that only one side has, and of a task that failed', () => {
    const failed = ['WORKFLOW_TASK_FAILED', {}] as const;
    expect(differences([run('w')], [run('w', failed), run('other')])).toEqual([
      { run: 'shop/w', eventType: 'WORKFLOW_TASK_FAILED', field: 'count', simulated: '0', served: '1' },
      { run: 'shop/other', eventType: 'WORKFLOW_EXECUTION_STARTED', served: 'a run' },
    ]);
  });
});
