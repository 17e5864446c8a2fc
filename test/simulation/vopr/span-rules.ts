import type { Span, SpanKind } from '../../../simulator/protocol/span.ts';

/** What goes on after its parent has ended: the worker does not know yet, or the parent's end set it off. */
const outlives: ReadonlySet<SpanKind> = new Set(['queue-wait', 'handler', 'callback']);

/** What is wrong with the spans of a world in which nothing goes on any more; what led to those that are left may have been dropped. */
export function spanProblem(spans: readonly Span[], dropped = 0): string | undefined {
  const byId = new Map(spans.map((span) => [span.id, span]));
  if (byId.size !== spans.length) return 'spans have ids of their own: two share one';
  for (const span of spans) {
    const parent = span.parent === undefined ? undefined : byId.get(span.parent);
    const found = problemOf(span, { parent, mayBeGone: dropped > 0 });
    if (found !== undefined) return `spans are nested and closed: ${span.kind} "${span.name}" ${found}`;
    const lost = span.causes.find((cause) => dropped === 0 && !byId.has(cause));
    if (lost !== undefined) return `the causes of a span exist: ${span.kind} "${span.name}" has ${lost}`;
  }
  return undefined;
}

function problemOf(
  span: Span,
  { parent, mayBeGone }: { readonly parent: Span | undefined; readonly mayBeGone: boolean },
): string | undefined {
  const { start, end } = span;
  if (end === undefined) return `goes on for ever, from ${start}`;
  if (end < start) return `ends at ${end} before it begins at ${start}`;
  if (span.parent === undefined) return undefined;
  if (parent === undefined) return mayBeGone ? undefined : 'is a part of nothing';
  if (start < parent.start) return `begins at ${start}, before its ${parent.kind} at ${parent.start}`;
  if (outlives.has(span.kind) || parent.end === undefined || end <= parent.end) return undefined;
  return `ends at ${end}, after its ${parent.kind} at ${parent.end}`;
}
