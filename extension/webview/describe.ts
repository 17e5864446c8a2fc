import type { Span, SpanKind } from '../../simulator/protocol/span.ts';
import { outcomes, looks } from './kinds.ts';
import type { Bar } from './layout.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A duration in milliseconds as people read it: `250 ms`, `1.2 s`, `1 h 30 min`. */
export function readableDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Number(milliseconds.toFixed(2))} ms`;
  if (milliseconds < 60_000) return `${Number((milliseconds / 1_000).toFixed(3))} s`;
  const parts: string[] = [];
  let rest = Math.round(milliseconds / 1_000) * 1_000;
  for (const [unit, size] of units) {
    const count = Math.trunc(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  if (rest > 0) parts.push(`${rest / 1_000} s`);
  // Two units are as much as anyone takes in; the details pane has the exact figures.
  return parts.slice(0, 2).join(' ');
}

/** What the bar shows, in one line: `attempt 2 of GreetingService.echo, failed, 1.2 s`. */
export function describe(bar: Bar): string {
  return [titleOf(bar), stateOf(bar.span), durationOf(bar.span)].filter((part) => part !== '').join(', ');
}

/** Kind and name, without outcome and times. */
export function titleOf(bar: Bar): string {
  const { span } = bar;
  const { word } = looks[span.kind];
  switch (span.kind) {
    case 'attempt': {
      const number = attemptOf(bar);
      return `${word}${number === undefined ? '' : ` ${number}`} of ${subjectOf(bar)}`;
    }
    case 'backoff':
    case 'breaker-wait':
    case 'rate-wait':
    case 'queue-wait':
    case 'callback':
      return `${word} of ${subjectOf(bar)}`;
    case 'workflow':
    case 'workflow-task':
    case 'timer':
    case 'operation':
    case 'activity':
    case 'handler':
    case 'update':
      return span.name.startsWith(word) ? span.name : `${word} ${span.name}`;
  }
}

/** The attempt's number as the simulator counts it, else its place among its siblings. */
export function attemptOf(bar: Bar): number | undefined {
  const told = bar.span.attributes['attempt'];
  if (typeof told === 'number') return told;
  if (bar.span.kind !== 'attempt' || bar.parent === undefined) return undefined;
  return bar.parent.children.filter((other) => other.span.kind === 'attempt').indexOf(bar) + 1;
}

const waits: ReadonlySet<SpanKind> = new Set(['backoff', 'breaker-wait', 'rate-wait', 'queue-wait']);

/** How a bar ended, or that it lasts; waits only end, so nothing is said of those that ended well. */
export function stateOf({ kind, outcome, end }: Span): string {
  if (outcome === undefined) return end === undefined ? 'running' : '';
  const isWait = waits.has(kind);
  return isWait && outcome === 'succeeded' ? '' : outcomes[outcome].word;
}

const durationOf = (span: Span): string =>
  span.end === undefined ? '' : readableDuration(span.end - span.start);

/** What an attempt or a wait belongs to: the nearest bar above that runs something. */
function subjectOf(bar: Bar): string {
  const { code } = bar.span;
  if (code?.kind === 'operation') return `${code.service}.${code.operation}`;
  for (let at = bar.parent; at !== undefined; at = at.parent) {
    const { kind } = at.span;
    if (kind === 'operation' || kind === 'workflow' || kind === 'handler') return at.span.name;
  }
  return bar.span.name;
}
