import type { ExpectationResult } from '../protocol/contract.ts';
import type { FinishedFile, Unfit } from './run-file.ts';

/** Runs as the XML that build servers read: a suite for each file, a case for each expectation. */
export function renderJunit(runs: readonly FinishedFile[], unfits: readonly Unfit[]): string {
  const suites = [...runs.map(suiteOf), ...unfits.map(brokenSuite)];
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join(
    '\n',
  );
}

function suiteOf({ file, finished }: FinishedFile): string {
  const { expectations, endedAt } = finished.verdict;
  const failures = expectations.filter(({ passed }) => !passed).length;
  const counts = `tests="${expectations.length}" failures="${failures}" errors="0" time="${endedAt / 1_000}"`;
  const troubles =
    finished.troubles.length === 0
      ? []
      : [`    <system-err>${xml(finished.troubles.join('\n'))}</system-err>`];
  return [
    `  <testsuite name="${xml(file)}" ${counts}>`,
    ...expectations.map((expectation) => caseOf(file, expectation)),
    ...troubles,
    '  </testsuite>',
  ].join('\n');
}

function caseOf(file: string, { text, line, passed, found = '' }: ExpectationResult): string {
  const opening = `    <testcase name="${xml(text)}" classname="${xml(file)}" file="${xml(file)}" line="${line}"`;
  if (passed) return `${opening}/>`;
  return `${opening}>\n      <failure message="${xml(found)}"/>\n    </testcase>`;
}

function brokenSuite({ file, said }: Unfit): string {
  return [
    `  <testsuite name="${xml(file)}" tests="1" failures="0" errors="1">`,
    `    <testcase name="can be run" classname="${xml(file)}" file="${xml(file)}">`,
    `      <error message="the file cannot be run">${xml(said)}</error>`,
    '    </testcase>',
    '  </testsuite>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML has no way to write most control characters; they become a mark. */
const xml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
