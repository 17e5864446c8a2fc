import { describe, expect, test } from 'vitest';
import { disallowedHeaders } from '../../../../simulator/protocol/nexus.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { checkProblems, shopWorld } from '../../../harness/world-problems.ts';

/** A workflow that runs on the queue of a worker with one activity. */
const orders = (steps: string, rest = ''): string => `
nexus: 1
namespaces: [orders]
workers:
  hand:
    namespace: orders
    taskQueue: orders
    activities: { charge: { reply: 1, after: 2s, heartbeat: 1s } }
workflows:
  Order:
${steps}
  Ship: [{ sleep: 1s }]
start: [{ workflow: Order, id: o-1, namespace: orders, taskQueue: orders }]
${rest}`;

describe('headers', () => {
  test('the server’s own are refused, and repetitions', () =>
    checkProblems(
      shopWorld({
        workflows: `
    - call: pay/Pay.charge
      header:
        trace-id: "\${input.trace}"
        Request-Timeout: 5s
        ^^^^^^^^^^^^^^^ The header "Request-Timeout" belongs to the server; choose another name.
        TRACE-ID: again
        ^^^^^^^^ The header "trace-id" is given twice; remove one of the two.
        count: 5
               ^ "count" must be a text, which may contain \${…}; found the value 5.
        no way: x
        ^^^^^^ The key "no way" must be the name of a header; found the text "no way".
        ghost: "\${gone}"
                  ^^^^ Nothing is called "gone" here; known here: input.`,
      }),
    ));

  test.each([...disallowedHeaders])('the machine’s list has %s', (header) => {
    const { problems } = parseWorld(
      shopWorld({ workflows: `    - { call: pay/Pay.charge, header: { ${header}: x } }` }),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      `The header "${header}" belongs to the server; choose another name.`,
    ]);
  });
});

describe('activities', () => {
  test('every option is understood', () => {
    const { value, problems } = parseWorld(
      orders(`
    - activity: charge
      taskQueue: orders
      input: { id: "\${input.id}" }
      as: paid
      startToClose: 30s
      scheduleToClose: 1h
      scheduleToStart: 5m
      heartbeatTimeout: 10s
      cancellation: wait-completed
      retryPolicy:
        { initialInterval: 2s, backoffCoefficient: 1.5, maximumInterval: 1m, maximumAttempts: 3, nonRetryableErrorTypes: [Declined] }
    - { cancel: paid }`),
    );
    expect(problems).toEqual([]);
    expect(value.workflows[0]?.value?.[0]).toMatchObject({
      kind: 'activity',
      startToClose: 30_000,
      heartbeatTimeout: 10_000,
      retryPolicy: {
        initialInterval: 2_000,
        backoffCoefficient: 1.5,
        maximumInterval: 60_000,
        maximumAttempts: 3,
        nonRetryableErrorTypes: ['Declined'],
      },
    });
  });

  test('somebody has to do them where the workflow runs', () =>
    checkProblems(
      orders(`
    - { activity: chrage, startToClose: 1s }
                  ^^^^^^ No worker on task queue "orders" of namespace "orders" does "chrage"; did you mean "charge"?
    - { activity: charge, startToClose: 1s, taskQueue: elsewhere }
                  ^^^^^^ No worker on task queue "elsewhere" of namespace "orders" does "charge".
    - { activity: charge, startToClose: 1s, retryPolicy: { initialInterval: 5s, maximumInterval: 2s } }
                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ maximumInterval must not be shorter than initialInterval.`),
    ));

  test('faults are about activities of the file, and external workers bring their own', () =>
    checkProblems(`
nexus: 1
namespaces: [orders]
workers:
  hand: { namespace: orders, taskQueue: orders, activities: { charge: { fail: { type: T } } } }
  real: { namespace: orders, taskQueue: other, external: true, activities: { x: { reply: 1 } } }
  ^^^^ The worker "real" is external and brings its own activities; remove "activities" or "external".
faults:
  - { activity: chrge, attempts: 1..2, fail: { type: Busy, nextRetryDelay: 3s } }
                ^^^^^ No scripted worker does "chrge"; did you mean "charge"?
  - { activity: charge, attempts: 1, fail: { typ: Busy } }
                                             ^^^ A failure of an activity has no key "typ"; did you mean "type"?`));
});

describe('children, signals and continuations', () => {
  test('children are workflows of the file, and have no namespace of their own', () =>
    checkProblems(
      orders(`
    - { child: Shp, id: s-1 }
               ^^^ No workflow is called "Shp"; did you mean "Ship"?
    - { child: Ship }
        ^^^^^ A child workflow needs "id": a text, which may contain \${…}.
    - { child: Ship, id: s-2, namespace: other }
                              ^^^^^^^^^ A child workflow has no key "namespace"; it may have: child, id, taskQueue, input, as, waitFor, parentClosePolicy, cancellation, executionTimeout, runTimeout, taskTimeout, retryPolicy, idReusePolicy, when, onFailure.
    - { child: Ship, id: s-3, parentClosePolicy: abandn }
                                                 ^^^^^^ "parentClosePolicy" cannot be "abandn"; did you mean "abandon"?
    - { signal: go, workflowId: "\${gone}" }
                                   ^^^^ Nothing is called "gone" here; known here: input.`),
    ));

  test('a continuation ends the workflow', () =>
    checkProblems(
      orders(`
    - { child: Ship, id: s }
    - { continueAsNew: { n: 1 } }
    - sleep: 1s
      ^^^^^^^^^ This step is never reached: the workflow ends before it; remove it or add a "when".`),
    ));

  test('what begins anew at once does so for ever', () =>
    checkProblems(
      orders(`
    - { sleep: 1s, when: "\${input}" }
    - continueAsNew: 1
                     ^ Nothing comes before this, so that the workflow begins anew without end; add a "when" or a "sleep".`),
    ));

  test('a child that starts its parent', () =>
    checkProblems(`
nexus: 1
namespaces: [orders]
workflows:
  Order: [{ child: Ship, id: s }]
                   ^^^^ This child starts the workflow "Order" again, and so on without end; add a "when" that ends it.
  Ship: [{ child: Order, id: o }]
                  ^^^^^ This child starts the workflow "Ship" again, and so on without end; add a "when" that ends it.
start: [{ workflow: Order, id: o-1, namespace: orders, taskQueue: orders }]`));
});

describe('starts', () => {
  test('an id may come again when the file says when, or what then', () =>
    checkProblems(
      orders(
        '    - sleep: 1s',
        `meanwhile: [{ at: 1s, cancel: o-1, namespace: orders }]
expect:
  - { workflow: o-1, status: completed, result: "\${x}" }
                                                   ^ Nothing is called "x" here.
  - { activity: o-2 / charge, attempts: 1 }
                ^^^ No workflow with the id "o-2" is started; did you mean "o-1"?
  - { activity: o-1, attempts: 1 }
                ^^^ "activity" must be "workflow id / activity"; found the text "o-1".
  - { history: o-1 }
    ^^^^^^^^^^^^^^^^ An expectation of a history needs at least one of contains, never.
  - { workflow: o-1, failure: {} }
                              ^^ An expected failure needs at least one of type, message.
  - clock: { within: soon }
                     ^^^^ "within" must be a duration such as 250ms, 1h30m or 3d; found the text "soon".`,
      ).replace(
        'taskQueue: orders }]\n',
        `taskQueue: orders }, { workflow: Ship, id: o-1, namespace: orders, taskQueue: orders, at: 1h, startDelay: 5s, requestId: r, idReusePolicy: reject-duplicate, idConflictPolicy: terminate-existing, runTimeout: 1m, executionTimeout: 2m, taskTimeout: 5s, retryPolicy: { maximumAttempts: 2 } }]
`,
      ),
    ));
});
