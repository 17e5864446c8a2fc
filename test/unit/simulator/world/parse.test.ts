import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWorld } from '../../../../simulator/world/parse.ts';
import { checkProblems, shopWorld as world } from '../../../harness/world-problems.ts';

const hello = readFileSync(new URL('../../../../examples/hello.nexus.yaml', import.meta.url), 'utf8');

test('the example is understood in full', () => {
  const { value, problems } = parseWorld(hello);
  expect(problems).toEqual([]);
  expect(value.namespaces.map((each) => each.value)).toEqual(['storefront', 'greetings']);
  expect(value.endpoints[0]?.value?.target).toMatchObject({ taskQueue: { value: 'greetings' } });
  expect(
    value.workers[0]?.value?.operations?.map(({ name, value: behaviour }) => [
      name.value,
      behaviour?.kind,
      behaviour?.after,
    ]),
  ).toEqual([
    ['GreetingService.echo', 'reply', 80],
    ['GreetingService.greet', 'workflow', undefined],
  ]);
  expect(value.workflows[0]?.value?.map((step) => step.kind)).toEqual(['sleep', 'call', 'call', 'return']);
  expect(value.faults[0]).toMatchObject({ attempts: { from: 1, to: 2 }, fail: { type: 'UNAVAILABLE' } });
  expect(value.expect.map((each) => each.value.kind)).toEqual(['workflow', 'operation', 'history']);
});

describe('the file as a whole', () => {
  test.each([
    ['nothing at all', '', 'The file is empty; a world file begins with "nexus: 1".'],
    ['only a comment', '# hello', 'The file is empty; a world file begins with "nexus: 1".'],
    [
      'a list',
      '- nexus: 1',
      'The file must be a world file: a mapping with nexus, profile, seed, time, limits, include, contracts, namespaces, endpoints, workers, workflows, faults, start, meanwhile, expect; found a list.',
    ],
  ])('%s', (_, text, message) => {
    expect(parseWorld(text).problems.map((problem) => problem.message)).toEqual([message]);
  });

  test('no version', () =>
    checkProblems(`
namespaces: [a]
^^^^^^^^^^ A world file needs "nexus": 1.`));

  test('a version of the future', () =>
    checkProblems(`
nexus: 2
       ^ "nexus" must be 1; found the value 2.`));

  test('a misspelt key, and a seed out of range', () =>
    checkProblems(`
nexus: 1
profil: cloud
^^^^^^ A world file has no key "profil"; did you mean "profile"?
seed: -7
      ^^ "seed" must be a whole number from 0 to 4294967295; found the value -7.`));

  test('a key given twice', () =>
    checkProblems(`
nexus: 1
profile: cloud
profile: server
^^^^^^^ The key "profile" is given twice; remove one of the two.`));

  test('two documents', () =>
    checkProblems(`
nexus: 1
---
^^^ A world file holds one YAML document; put what follows this line into a file of its own.
nexus: 1`));

  test('tabs', () =>
    checkProblems(`
nexus: 1
namespaces:
\t- a
^ This is not valid YAML: tabs are not allowed as indentation.`));

  test('an alias without its anchor', () =>
    checkProblems(`
nexus: 1
namespaces: *all
            ^^^^ No anchor "&all" stands before this alias; add one or write the value out.`));

  test('columns count UTF-16 units, and lines may end in CR LF', () => {
    const [problem] = parseWorld('nexus: 1\r\nprofile: "\u{1F600}"\r\nnamespaces: []\r\n').problems;
    expect(problem).toMatchObject({ line: 2, column: 10, length: 4 });
  });
});

describe('registry and workers', () => {
  test('names of endpoints follow the server’s rule', () =>
    checkProblems(`
nexus: 1
namespaces: [bank]
endpoints:
  pay_me: { target: { namespace: bank, taskQueue: q } }
  ^^^^^^ The key "pay_me" must be the name of an endpoint (a letter, then letters, digits and hyphens); found the text "pay_me".`));

  test('an endpoint leads to a namespace that is listed', () =>
    checkProblems(`
nexus: 1
namespaces: [bank]
endpoints:
  pay: { target: { namespace: bnak, taskQueue: q } }
                              ^^^^ No namespace is called "bnak"; did you mean "bank"?`));

  test('addresses of handlers outside', () =>
    checkProblems(`
nexus: 1
endpoints:
  ledger: { target: { url: "http://127.0.0.1:9/api" }, description: The books. }
  paper: { target: { url: "ftp://127.0.0.1" } }
                          ^^^^^^^^^^^^^^^^^ "url" must be an http or https address; found the text "ftp://127.0.0.1".
  both: { target: { url: "http://127.0.0.1:9", namespace: bank } }
                                               ^^^^^^^^^ An external target has no key "namespace"; it may have: url.`));

  test('a missing key names what it should hold', () =>
    checkProblems(`
nexus: 1
namespaces: [bank]
endpoints:
  pay: { target: { namespace: bank } }
                   ^^^^^^^^^ A target needs "taskQueue": the name of a task queue.`));

  test('a namespace listed twice, and one that is no text', () =>
    checkProblems(`
nexus: 1
namespaces: [bank, bank, 5]
                   ^^^^ The namespace "bank" is listed twice; remove one of the two.
                         ^ An item of "namespaces" must be text; put it in quotes: "5".`));

  test('what operations do', () =>
    checkProblems(
      world({
        workers: `
      Pay.refund: { repli: 1 }
                    ^^^^^ An operation has no key "repli"; did you mean "reply"?
      Pay.both: { reply: 1, workflow: Buy }
                            ^^^^^^^^ An operation has either "reply" or "workflow", not both; remove one.
      Pay.none: { after: 1s }
                ^^^^^^^^^^^^^ An operation needs one of the keys reply, workflow, signal, fail, error.
      refund: { reply: 1 }
      ^^^^^^ The key "refund" must be "Service.operation"; found the text "refund".
      Pay.slow: { reply: 1, after: soon }
                                   ^^^^ "after" must be a duration such as 250ms, 1h30m or 3d; found the text "soon".
      Pay.down: { fail: { type: UNAVAILABEL } }
                                ^^^^^^^^^^^ "type" cannot be "UNAVAILABEL"; did you mean "UNAVAILABLE"?
      Pay.run: { workflow: Bui }
                           ^^^ No workflow is called "Bui"; did you mean "Buy"?`,
      }),
    ));

  test('an external worker has no script', () =>
    checkProblems(`
nexus: 1
namespaces: [bank]
workers:
  teller: { namespace: bank, taskQueue: q, external: true, operations: { S.op: { reply: 1 } } }
  ^^^^^^ The worker "teller" is external and brings its own operations; remove "operations" or "external".`));
});

describe('workflows', () => {
  test('calls must lead somewhere', () =>
    checkProblems(
      world({
        workflows: `
    - call: pya/Pay.charge
            ^^^ No endpoint is called "pya"; did you mean "pay"?
    - call: pay/Pay.chrage
                ^^^^^^^^^^ No worker behind "pay" handles "Pay.chrage"; did you mean "Pay.charge"?
    - call: Pay.charge
            ^^^^^^^^^^ "call" must be "endpoint/Service.operation"; found the text "Pay.charge".`,
      }),
    ));

  test('an endpoint whose queue nobody serves', () =>
    checkProblems(`
nexus: 1
namespaces: [bank]
endpoints:
  pay: { target: { namespace: bank, taskQueue: charges } }
workflows:
  Buy:
    - call: pay/Pay.charge
            ^^^ The endpoint "pay" leads to task queue "charges" of namespace "bank", which no worker serves; add one.`));

  test('steps of no known kind, or of two', () =>
    checkProblems(
      world({
        workflows: `
    - slep: 3d
      ^^^^ A step has no key "slep"; did you mean "sleep"?
    - activity: x
      ^^^^^^^^^^^ An activity needs at least one of startToClose, scheduleToClose.
    - sleep: 1s
      return: 1
      ^^^^^^ A step has either "sleep" or "return", not both; remove one.
    - sleep: 3
             ^ "sleep" must be a duration of 1ms or more, such as 250ms, 1h30m or 3d; found the value 3.
    - parallel: [{ when: "\${input}" }]
                 ^^^^^^^^^^^^^^^^^^^^ A step needs one of the keys call, activity, child, signal, sleep, wait, parallel, steps, cancel, fail, return, continueAsNew, rethrow.
    - rethrow: true
               ^^^^ There is nothing to throw again here; "rethrow" belongs inside "onFailure".
    - call: pay/Pay.charge
      as: paid
      onFailure: [{ when: "\${failure.kind == 'canceled'}", rethrow: true }, { rethrow: false }]
                                                                                       ^^^^^ "rethrow" must be true; found the value false.`,
      }),
    ));

  test('names that are not known yet, or taken', () =>
    checkProblems(
      world({
        workflows: `
    - call: pay/Pay.charge
      input: { id: "no \${auth.id}" }
                         ^^^^ Nothing is called "auth" here; known here: input.
      as: auth
    - parallel:
        - { call: pay/Pay.charge, as: auth }
                                      ^^^^ The name "auth" is already taken in this workflow; choose another.
    - return: \${auht.id}
                ^^^^ Nothing is called "auht" here; did you mean "auth"?`,
      }),
    ));

  test('expressions that do not read', () =>
    checkProblems(
      world({
        workflows: `
    - when: true
            ^^^^ "when" must be a text, which may contain \${…}; found the value true.
      sleep: 1s
    - when: yes \${input}
            ^^^^^^^^^^^^ "when" must be a condition such as \${!auth.approved}; found the text "yes \${input}".
      sleep: 1s
    - return: { a: "\${input.}", b: '\${1 +}', c: "\${input" }
                           ^ Expected the name of a field after ".".
                                        ^ "+" is not part of the expression language.
                                                   ^^^^^ This "\${" is not closed; end the expression with "}", or write "$\${" for a plain "\${".`,
      }),
    ));

  test('durations that Temporal would not take', () =>
    checkProblems(
      world({
        workflows: `
    - sleep: 0s
             ^^ "sleep" must be a duration of 1ms or more, such as 250ms, 1h30m or 3d; found the text "0s".
    - { call: pay/Pay.charge, scheduleToClose: 0.1ms }
                                               ^^^^^ "scheduleToClose" must be a duration of 1ms or more, such as 250ms, 1h30m or 3d; found the text "0.1ms".`,
      }),
    ));

  test('workflows that start themselves for ever', () => {
    checkProblems(
      world({
        workers: `
      Pay.again: { workflow: Buy }
      Pay.twice: { workflow: Twice }`,
        workflows: `
    - call: pay/Pay.charge
    - call: pay/Pay.twice
                ^^^^^^^^^ This call starts the workflow "Buy" again, and so on without end; add a "when" that ends it.
  Twice:
    - parallel: [{ call: pay/Pay.again }]
                             ^^^^^^^^^ This call starts the workflow "Twice" again, and so on without end; add a "when" that ends it.`,
      }),
    );
    checkProblems(
      world({
        workers: '      Pay.again: { workflow: Buy }',
        workflows: '    - { when: "${input}", call: pay/Pay.again }',
      }),
    );
  });

  test('a step that is never reached', () =>
    checkProblems(
      world({
        workflows: `
    - return: 1
    - call: pay/Pay.charge
      ^^^^^^^^^^^^^^^^^^^^ This step is never reached: the workflow ends before it; remove it or add a "when".`,
      }),
    ));
});

describe('faults, starts and expectations', () => {
  test('faults', () =>
    checkProblems(
      world({
        rest: `
faults:
  - { operation: pay/Pay.chrage, attempts: 3..1, fail: { type: INTERNAL } }
                                           ^^^^ "attempts" must be a number of attempts such as 2, or a range such as 1..3; found the text "3..1".
  - { worker: teller, down: 2m }
      ^^^^^^ A worker that is down needs "at": a duration such as 250ms, 1h30m or 3d.
  - { callback: Pay.charge, deliver: [late 30s, twice, 3 times, often] }
                ^^^^^^^^^^ No workflow backs an operation "Pay.charge".
                                                                ^^^^^ An item of "deliver" must be how the completion comes: "late 30s", "twice", "3 times", "lost" or "lost 3 times"; found the text "often".`,
      }),
    ));

  test('starts', () =>
    checkProblems(
      world({
        rest: `
start:
  - { workflow: Buy, id: b-1, namespace: shop, taskQueue: shop }
  - { workflow: Byu, id: b-1, namespace: shop, taskQueue: shop, input: "\${name}" }
                ^^^ No workflow is called "Byu"; did you mean "Buy"?
                         ^^^ The workflow id "b-1" is started twice in namespace "shop"; choose another id.
                                                                          ^^^^ Nothing is called "name" here.
  - { workflow: Buy, id: 7, namespace: shp, taskQueue: shop }
                         ^ "id" must be text; put it in quotes: "7".`,
      }),
    ));

  test('expectations', () =>
    checkProblems(
      world({
        rest: `
start:
  - { workflow: Buy, id: b-1, namespace: shop, taskQueue: shop }
expect:
  - { workflow: b-2, status: completed }
                ^^^ No workflow with the id "b-2" is started; did you mean "b-1"?
  - { workflow: b-1, status: done }
                             ^^^^ "status" cannot be "done"; choose one of: running, completed, failed, canceled, terminated, timed-out.
  - { workflow: b-1 }
    ^^^^^^^^^^^^^^^^^ An expectation of a workflow needs at least one of status, within, result, failure.
  - { operation: b-1 / Pay.charge, attempts: 1 }
                       ^^^^^^^^^^ No workflow calls "Pay.charge".
  - { history: b-1, contains: [NEXUS_OPERATION_STARTD] }
                               ^^^^^^^^^^^^^^^^^^^^^^ An item of "contains" cannot be "NEXUS_OPERATION_STARTD"; did you mean "NEXUS_OPERATION_STARTED"?
  - { breaker: shop, never: open }
               ^^^^ "breaker" must be "calling namespace → endpoint"; found the text "shop".
  - { breaker: shop → pay, never: opne }
                                  ^^^^ "never" cannot be "opne"; did you mean "open"?
  - { order: [b-1 / TIMER_FIRED, b-1 / TIMER_FIERD] }
                                       ^^^^^^^^^^^ No event type is called "TIMER_FIERD"; did you mean "TIMER_FIRED"?`,
      }),
    ));
});

describe('bounds', () => {
  test.each([
    ['text', `nexus: 1\n#${'x'.repeat(1_048_576)}`, /^The file has 1048586 characters; 1048576 are the most/],
    ['brackets', `nexus: ${'['.repeat(500_000)}`, /^The file nests deeper than 64 levels here/],
    ['dashes', '- '.repeat(500_000), /^The file nests deeper than 64 levels here/],
    [
      'tokens',
      Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n'),
      /^The file has more than 200000 tokens/,
    ],
    [
      'entries',
      `nexus: 1\nnamespaces: [${'a,'.repeat(1_001)}]`,
      /^"namespaces" has 1001 entries; 1000 are the most/,
    ],
    [
      'aliases that multiply',
      bomb(),
      /^The file holds more than 50000 values or nests deeper than 64 levels here/,
    ],
  ])('too many or too much: %s', (_, text, message) => {
    expect(parseWorld(text).problems[0]?.message).toMatch(message);
  });
});

/** Each line holds the line before it nine times. */
function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, level) => {
    const items = level === 0 ? Array<string>(9).fill('x') : Array<string>(9).fill(`*a${level - 1}`);
    return `  W${level}: [{ return: &a${level} [${items.join(',')}] }]`;
  });
  return `nexus: 1\nworkflows:\n${lines.join('\n')}\n`;
}

describe('whatever the text is', () => {
  const lines = hello.split('\n');
  const mutilated = fc
    .array(fc.tuple(fc.nat(lines.length - 1), fc.nat(80), fc.string({ maxLength: 6, unit: 'grapheme' })), {
      maxLength: 4,
    })
    .map((edits) => {
      const copy = [...lines];
      for (const [line, column, text] of edits) {
        const old = copy[line] ?? '';
        copy[line] = old.slice(0, column) + text + old.slice(column + 2);
      }
      return copy.join('\n');
    });

  test.each([
    ['an edited example', mutilated],
    ['any characters', fc.string({ unit: 'binary', maxLength: 200 })],
    [
      'YAML’s own characters',
      fc.string({ unit: fc.constantFrom(...'-?:,[]{}#&*!|>\'"%@` \n\tab1$'.split('')), maxLength: 60 }),
    ],
  ])('it is read without throwing, and problems lie within it: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const rows = text.split('\n');
        for (const { line, column, length, message } of parseWorld(text).problems) {
          expect(line).toBeLessThanOrEqual(rows.length);
          expect(column).toBeLessThanOrEqual((rows[line - 1] ?? '').length + 1);
          expect(length).toBeGreaterThan(0);
          expect(message).toMatch(/[.?]$/);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
