import { describe, expect, test } from 'vitest';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { checkProblems, shopWorld as world } from '../../../harness/world-problems.ts';

describe('what belongs together', () => {
  test('faults are about workers and operations of the file', () =>
    checkProblems(
      world({
        workers: '      Pay.run: { workflow: Buy }',
        rest: `
faults:
  - { worker: tellar, at: 1s, down: 2m }
              ^^^^^^ No worker is called "tellar"; did you mean "teller"?
  - { callback: Pay.charge, deliver: [twice] }
                ^^^^^^^^^^ No workflow backs an operation "Pay.charge"; workflows back: Pay.run.
  - { callback: Pay.run, deliver: [late 5s] }`,
      }),
    ));

  test('a cancel step names a call of its workflow', () =>
    checkProblems(
      world({
        workflows: `
    - parallel:
        - { call: pay/Pay.charge, as: paid, cancellation: try-cancle }
                                                          ^^^^^^^^^^ "cancellation" cannot be "try-cancle"; did you mean "try-cancel"?
        - { call: pay/Pay.charge, as: taken }
        - { cancel: takn, after: 1s }
                    ^^^^ No call, activity or child of this workflow is named "takn"; did you mean "taken"?`,
      }),
    ));

  test('names of one branch are not known in another, and those of a failed step may be missing', () =>
    checkProblems(
      world({
        workflows: `
    - parallel:
        - steps:
            - { call: pay/Pay.charge, as: one }
            - { wait: ok, as: two, when: "\${one}" }
        - { wait: go, when: "\${one}" }
                               ^^^ Nothing is called "one" here; known here: input.
      onFailure:
        - { return: "\${failure.message}", when: "\${failure.kind == 'failed'}" }
    - return: "\${two}, \${failure}"
                         ^^^^^^^ Nothing is called "failure" here; known here: input, one, two.`,
      }),
    ));

  test('limits relate to each other', () =>
    checkProblems(
      world({
        rest: `
limits: { dispatchMargin: 2s }
        ^^^^^^^^^^^^^^^^^^^^^^ dispatchMargin must be below requestTimeoutMin: matching could not wait at all.`,
      }),
    ));

  test('limits by name, with those of the breaker together', () => {
    const { value, problems } = parseWorld(
      world({
        rest: 'limits: { pendingOperationsMax: 3, circuitBreaker: { consecutiveFailures: 2, openFor: 5s } }',
      }),
    );
    expect(problems).toEqual([]);
    expect(value.limits.value).toEqual({
      pendingOperationsMax: 3,
      breakerConsecutiveFailures: 2,
      breakerOpenFor: 5_000,
    });
  });

  test('namespaces of allowances, interventions and breakers', () =>
    checkProblems(`
nexus: 1
namespaces: [shop]
endpoints: { pay: { target: { namespace: shop, taskQueue: q }, allow: [shpo] } }
                                                                       ^^^^ No namespace is called "shpo"; did you mean "shop"?
workers: { w: { namespace: shop, taskQueue: q, external: true } }
meanwhile:
  - { at: 1s, signal: go, workflow: b-1, namespace: bank }
                                                    ^^^^ No namespace is called "bank"; the list has: shop.
expect:
  - { breaker: sohp -> pya, never: open }
               ^^^^ No namespace is called "sohp"; did you mean "shop"?
                       ^^^ No endpoint is called "pya"; did you mean "pay"?`));
});
