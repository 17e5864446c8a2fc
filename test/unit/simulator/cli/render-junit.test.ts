import { expect, test } from 'vitest';
import { instant } from '../../../../simulator/base/time.ts';
import { renderJunit } from '../../../../simulator/cli/render-junit.ts';

test('runs, failures, troubles and broken files, with what XML cannot hold taken care of', () => {
  const expectations = [
    { text: 'workflow a: completed', line: 3, passed: true },
    { text: 'operation "b" < 2 & more', line: 4, passed: false, found: 'line 1\nline 2\u0000' },
  ];
  const verdict = { passed: false, expectations, endedAt: instant(1_500) };
  const run = { file: 'a.yaml', seed: 0, finished: { verdict, spans: [], troubles: ['a <b>'] }, tookMs: 20 };
  expect(renderJunit([run], [{ file: 'c.yaml', said: 'c.yaml:1:1: no', problems: [] }]))
    .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="a.yaml" tests="2" failures="1" errors="0" time="1.5">
    <testcase name="workflow a: completed" classname="a.yaml" file="a.yaml" line="3"/>
    <testcase name="operation &quot;b&quot; &lt; 2 &amp; more" classname="a.yaml" file="a.yaml" line="4">
      <failure message="line 1&#10;line 2\ufffd"/>
    </testcase>
    <system-err>a &lt;b&gt;</system-err>
  </testsuite>
  <testsuite name="c.yaml" tests="1" failures="0" errors="1">
    <testcase name="can be run" classname="c.yaml" file="c.yaml">
      <error message="the file cannot be run">c.yaml:1:1: no</error>
    </testcase>
  </testsuite>
</testsuites>
`);
});
