import { instant, type Instant } from '../base/time.ts';
import type { Span } from '../protocol/span.ts';

/** Attributes that hold instants. */
const instants = ['startedAt', 'nextAttemptAt', 'acceptedAt'] as const;

/** Spans that begin at 0, and the instant that this is. */
export function sinceStart(spans: readonly Span[]): {
  readonly spans: readonly Span[];
  readonly start: Instant;
} {
  const start = instant(spans.reduce((first, span) => Math.min(first, span.start), Infinity));
  if (!Number.isFinite(start)) return { spans, start: instant(0) };
  const moved = (at: Instant): Instant => instant(at - start);
  return {
    start,
    spans: spans.map((span) => ({
      ...span,
      start: moved(span.start),
      ...(span.end !== undefined && { end: moved(span.end) }),
      attributes: movedAttributes(span.attributes, start),
    })),
  };
}

function movedAttributes(attributes: Span['attributes'], start: Instant): Span['attributes'] {
  const found = instants.flatMap((name) => {
    const at = attributes[name];
    return typeof at === 'number' ? [[name, at - start] as const] : [];
  });
  return found.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(found) };
}
