import { describe, expect, test } from 'vitest';
import { playWorld } from '../../../harness/play-world.ts';

interface Parts {
  readonly steps: string;
  readonly activities?: string;
  readonly operations?: string;
  readonly workflows?: string;
  readonly start?: string;
  readonly rest?: string;
  readonly expect: string;
}

/** One team whose workflow, worker and operations are what a test says. */
const team = (parts: Parts): string => `
nexus: 1
profile: server
namespaces: [orders]
endpoints: { own: { target: { namespace: orders, taskQueue: orders } } }
workers:
  hand:
    namespace: orders
    taskQueue: orders
    activities: { charge: ${parts.activities ?? '{ reply: 1 }'} }
    operations: { Own.ask: ${parts.operations ?? '{ reply: 1 }'} }
workflows:
  Order:
${parts.steps}
${parts.workflows ?? ''}
start: [{ workflow: Order, id: o-1, namespace: orders, taskQueue: orders${parts.start ?? ''} }]
${parts.rest ?? ''}
expect:
${parts.expect}`;

/** What did not hold; nothing else may have gone wrong. */
const shortfalls = async (parts: Parts): Promise<readonly (string | undefined)[]> => {
  const { verdict, troubles } = await playWorld(team(parts));
  expect(troubles).toEqual([]);
  return verdict.expectations.map(({ found }) => found).filter((found) => found !== undefined);
};

const holds = async (parts: Parts): Promise<void> => expect(await shortfalls(parts)).toEqual([]);

describe('activities', () => {
  test('a result, after its time', () =>
    holds({
      activities: '{ reply: { of: "${input.id}" }, after: 3s }',
      steps: `
    - { activity: charge, input: { id: 7 }, startToClose: 10s, as: paid }
    - return: "\${paid.of}"`,
      expect: `
  - { workflow: o-1, status: completed, result: 7, within: 3s }
  - { activity: o-1 / charge, attempts: 1, outcome: succeeded, within: 3s }
  - { history: o-1, contains: [ACTIVITY_TASK_SCHEDULED, ACTIVITY_TASK_COMPLETED], never: [ACTIVITY_TASK_FAILED] }
  - clock: { within: 3s }`,
    }));

  test('faults hit the attempts they name, and the policy decides on the waits', () =>
    holds({
      steps:
        '    - { activity: charge, startToClose: 10s, retryPolicy: { initialInterval: 2s, backoffCoefficient: 3 } }',
      rest: 'faults: [{ activity: charge, attempts: 1..2, fail: { type: Busy } }]',
      // Waits of two and of six seconds.
      expect:
        '  - { activity: o-1 / charge, attempts: 3, outcome: succeeded, within: 8s }\n  - { workflow: o-1, within: 8s }',
    }));

  test('a delay that the failure asks for', () =>
    holds({
      steps: '    - { activity: charge, startToClose: 10s, retryPolicy: { maximumInterval: 1h } }',
      rest: 'faults: [{ activity: charge, attempts: 1, fail: { type: Busy, nextRetryDelay: 40s } }]',
      expect: '  - { activity: o-1 / charge, attempts: 2, within: 40s }',
    }));

  test.each([
    ['a failure that is final', '{ fail: { type: Declined, message: no money, nonRetryable: true } }', '', 1],
    [
      'one whose type the policy names',
      '{ fail: { type: Declined, message: no money } }',
      ', nonRetryableErrorTypes: [Declined]',
      1,
    ],
    ['one that is tried often enough', '{ fail: { type: Declined, message: no money } }', '', 3],
  ])('%s', (_, activities, policy, attempts) =>
    holds({
      activities,
      steps: `    - { activity: charge, startToClose: 10s, retryPolicy: { maximumAttempts: 3${policy} } }`,
      expect: `
  - { activity: o-1 / charge, attempts: ${attempts}, outcome: failed }
  - { workflow: o-1, status: failed, failure: { type: Declined, message: no money } }`,
    }),
  );

  test('a worker that is too slow, and steps for that', () =>
    holds({
      activities: '{ reply: 1, after: 1m }',
      steps: `
    - activity: charge
      startToClose: 10s
      retryPolicy: { maximumAttempts: 2 }
      onFailure: [{ return: "\${failure.kind} \${failure.type}" }]`,
      expect: `
  - { workflow: o-1, result: timed-out START_TO_CLOSE }
  - { activity: o-1 / charge, attempts: 2, outcome: timed-out, within: 21s }`,
    }));

  test.each([
    ['heartbeats keep it alive', '{ reply: 1, after: 1m, heartbeat: 5s }', 'succeeded'],
    ['without them it is given up', '{ reply: 1, after: 1m }', 'timed-out'],
  ])('%s', (_, activities, outcome) =>
    holds({
      activities,
      steps:
        '    - { activity: charge, startToClose: 2m, heartbeatTimeout: 10s, retryPolicy: { maximumAttempts: 1 }, onFailure: [] }',
      expect: `  - { activity: o-1 / charge, outcome: ${outcome} }\n  - { workflow: o-1, status: completed }`,
    }),
  );

  test('one that heartbeats hears that it is cancelled', () =>
    holds({
      activities: '{ reply: 1, after: 1h, heartbeat: 10s }',
      steps: `
    - parallel:
        - activity: charge
          as: paid
          startToClose: 2h
          cancellation: wait-completed
          onFailure: [{ return: "\${failure.kind}" }]
        - { cancel: paid, after: 15s }`,
      expect: `
  - { workflow: o-1, result: canceled, within: 20s }
  - { history: o-1, contains: [ACTIVITY_TASK_CANCEL_REQUESTED, ACTIVITY_TASK_CANCELED] }`,
    }));

  test('one that does not is left behind', () =>
    holds({
      activities: '{ reply: 1, after: 1m }',
      steps: `
    - parallel:
        - { activity: charge, as: paid, startToClose: 2h, onFailure: [{ return: "\${failure.kind}" }] }
        - { cancel: paid, after: 15s }`,
      expect: '  - { workflow: o-1, result: canceled, within: 15s }',
    }));
});

describe('children', () => {
  const workflows =
    '  Ship: [{ sleep: 5s }, { when: "${input.bad}", fail: { type: Lost } }, { return: "${input.to}" }]';

  test('a result', () =>
    holds({
      workflows,
      steps:
        '    - { child: Ship, id: "ship-${input}", input: { to: home }, as: shipped }\n    - return: "${shipped}"',
      start: ', input: 7',
      expect: '  - { workflow: o-1, result: home, within: 5s }\n  - { workflow: ship-7, status: completed }',
    }));

  test('a failure, of every try', () =>
    holds({
      workflows,
      steps: `
    - child: Ship
      id: ship
      input: { bad: true }
      retryPolicy: { maximumAttempts: 2 }
      onFailure: [{ fail: { type: "NotShipped", message: "\${failure.type}" } }]`,
      expect:
        '  - { workflow: o-1, failure: { type: NotShipped, message: Lost } }\n  - { workflow: o-1, within: 11s }',
    }));

  test('an id that is taken', () =>
    holds({
      workflows,
      steps: '    - { child: Ship, id: o-1, onFailure: [{ return: "${failure.type}" }] }',
      expect: '  - { workflow: o-1, result: WorkflowExecutionAlreadyStarted }',
    }));

  test.each([
    ['abandon', 'completed'],
    ['terminate', 'terminated'],
    ['request-cancel', 'canceled'],
  ])('a parent that does not wait, and %s', (policy, status) =>
    holds({
      workflows,
      steps: `
    - { child: Ship, id: ship, waitFor: started, parentClosePolicy: ${policy}, as: ids }
    - return: "\${ids.workflowId}"`,
      expect: `  - { workflow: o-1, result: ship, within: 0s }\n  - { workflow: ship, status: ${status} }`,
    }),
  );

  test.each([
    ['wait-completed', 'canceled', '5s'],
    ['wait-requested', 'canceled', '2s'],
    ['try-cancel', 'canceled', '2s'],
    ['abandon', 'completed', '2s'],
  ])('cancelling one: %s', (cancellation, status, within) =>
    holds({
      workflows: '  Ship: [{ sleep: 5s, onFailure: [{ sleep: 3s }, { rethrow: true }] }]',
      steps: `
    - parallel:
        - child: Ship
          id: ship
          as: shipped
          parentClosePolicy: abandon
          cancellation: ${cancellation}
          # A workflow that has closed cancels nobody any more.
          onFailure: [{ sleep: 1s }, { return: "\${failure.kind}" }]
        - { cancel: shipped, after: 1s }`,
      expect: `  - { workflow: o-1, result: canceled, within: ${within} }\n  - { workflow: ship, status: ${status} }`,
    }),
  );
});

describe('signals and continuations', () => {
  test('a signal reaches a workflow, and one that nobody gets fails the step', () =>
    holds({
      workflows: '  Ship: [{ wait: go, as: word }, { return: "${word}" }]',
      steps: `
    - { child: Ship, id: ship, waitFor: started, parentClosePolicy: abandon }
    - { signal: go, workflowId: ship, input: now }
    - { signal: go, workflowId: nobody, onFailure: [{ return: "\${failure.type}" }] }`,
      expect: `
  - { workflow: ship, result: now }
  - { workflow: o-1, result: ExternalWorkflowExecutionNotFound }
  - { history: o-1, contains: [EXTERNAL_WORKFLOW_EXECUTION_SIGNALED] }`,
    }));

  test('each run gets what the one before gives it', () =>
    holds({
      steps: `
    - sleep: 1h
    - { when: "\${input == 'aaa'}", return: "\${input}" }
    - continueAsNew: "\${input}a"`,
      start: ', input: a',
      expect: '  - { workflow: o-1, status: completed, result: aaa, within: 1h }\n  - clock: { within: 3h }',
    }));
});

describe('starts', () => {
  const never = '    - wait: never';

  test('a delay, and a timeout of the run', () =>
    holds({
      steps: never,
      start: ', startDelay: 10s, runTimeout: 1m, requestId: mine',
      expect:
        '  - { workflow: o-1, status: timed-out, within: 70s }\n  - { history: o-1, never: [WORKFLOW_TASK_FAILED] }',
    }));

  test('a retry policy', () =>
    holds({
      steps: '    - fail: { type: Declined }',
      start: ', retryPolicy: { initialInterval: 30s, maximumAttempts: 3, backoffCoefficient: 1 }',
      expect: '  - { workflow: o-1, failure: { type: Declined } }\n  - clock: { within: 1m }',
    }));

  test('the same id again, of one that runs', async () => {
    const again = (policy: string): Parts => ({
      steps: never,
      start: `, executionTimeout: 1h }, { workflow: Next, id: o-1, namespace: orders, taskQueue: orders, at: 1m, ${policy}`,
      workflows: '  Next: [{ return: next }]',
      expect: '  - { workflow: o-1, result: next }',
    });
    await holds(again('idConflictPolicy: terminate-existing'));
    expect(await shortfalls(again('idConflictPolicy: use-existing'))).toEqual(['it has no result']);
    const { troubles } = await playWorld(team(again('idReusePolicy: reject-duplicate')));
    expect(troubles).toEqual([expect.stringMatching(/^The workflow "o-1" could not be started: /)]);
  });
});

describe('what calls carry, and what becomes of them', () => {
  test('headers with values of the workflow', async () => {
    const { journal } = await playWorld(
      team({
        steps: '    - { call: own/Own.ask, header: { Trace-Id: "t-${input.n}", Half: "${input}" } }',
        start: ', input: { n: 7 }',
        expect: '  - { workflow: o-1, status: completed }',
      }),
    );
    expect(journal).toContain('"nexusHeader":{"Trace-Id":"t-7","Half":"{\\"n\\":7}"}');
  });

  test('a callback that is lost comes with a later attempt', () =>
    holds({
      operations: '{ workflow: Ship, runTimeout: 1m }',
      workflows: '  Ship: [{ sleep: 5s }]',
      steps: '    - call: own/Own.ask',
      rest: 'faults: [{ callback: Own.ask, deliver: [lost twice] }]',
      expect: `
  - { operation: o-1 / Own.ask, outcome: succeeded, within: 20s }
  - { workflow: o-1, within: 20s }
  - order: [o-1 / NEXUS_OPERATION_STARTED, o-1 / NEXUS_OPERATION_COMPLETED]`,
    }));

  test('the failure of an operation', async () => {
    const parts = (failure: string): Parts => ({
      operations: '{ fail: { type: BAD_REQUEST, message: no such order } }',
      steps: '    - call: own/Own.ask',
      expect: `  - { operation: o-1 / Own.ask, failure: ${failure} }`,
    });
    await holds(parts('{ type: BAD_REQUEST, message: no such order }'));
    expect(await shortfalls(parts('{ type: INTERNAL }'))).toEqual(['it failed with BAD_REQUEST']);
    expect(await shortfalls(parts('{ message: other }'))).toEqual(['it failed with "no such order"']);
  });
});

test('what was found instead', async () => {
  const steps = '    - { activity: charge, startToClose: 5s }\n    - return: { a: 1 }';
  expect(
    await shortfalls({
      steps,
      activities: '{ reply: 1, after: 2s }',
      expect: `
  - { workflow: o-1, result: { a: 2 } }
  - { workflow: o-1, failure: { type: T } }
  - { activity: o-1 / charge, attempts: 2 }
  - { history: o-1, never: [ACTIVITY_TASK_COMPLETED] }
  - clock: { within: 1s }`,
    }),
  ).toEqual([
    'its result is {"a":1}',
    'it has not failed',
    'it took 1 attempt',
    'event 7 is ACTIVITY_TASK_COMPLETED',
    'it came to rest at 2s',
  ]);
});

test('an endpoint that leads outside is registered with its address and its description', async () => {
  const { journal } = await playWorld(`
nexus: 1
namespaces: [orders]
endpoints: { ledger: { target: { url: "http://127.0.0.1:9" }, description: The books. } }`);
  expect(journal).toContain('"external":{"url":"http://127.0.0.1:9"}');
  expect(journal).toContain('"description":{');
});
