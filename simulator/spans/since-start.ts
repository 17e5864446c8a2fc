import { earlier, instant, type Instant } from '../base/time.ts';
import type { Span } from '../protocol/span.ts';

/** Attributes that hold instants. */
const instants = ['startedAt', 'nextAttemptAt', 'acceptedAt'] as const;

/** When the first of them begins. */
export const startOf = (spans: readonly Span[]): Instant =>
  spans.reduce((first, span) => earlier(first, span.start), spans[0]?.start ?? instant(0));

/** The same spans on a clock that shows 0 at `start`. */
export const sinceStart = (spans: readonly Span[], start: Instant): readonly Span[] =>
  spans.map((span) => ({
    ...span,
    start: instant(span.start - start),
    ...(span.end !== undefined && { end: instant(span.end - start) }),
    attributes: movedAttributes(span.attributes, start),
  }));

function movedAttributes(attributes: Span['attributes'], start: Instant): Span['attributes'] {
  const found = instants.flatMap((name) => {
    const at = attributes[name];
    return typeof at === 'number' ? [[name, at - start] as const] : [];
  });
  return found.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(found) };
}
