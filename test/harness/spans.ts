import { instant } from '../../simulator/base/time.ts';
import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Span, SpanKind } from '../../simulator/protocol/span.ts';

/** A span for tests: `at` is start and end in milliseconds; without an end it lasts. */
export function span(
  id: string,
  at: readonly [number, number?],
  rest: Partial<Omit<Span, 'id' | 'start' | 'end' | 'parent' | 'causes'>> & {
    readonly kind?: SpanKind;
    readonly parent?: string;
    readonly causes?: readonly string[];
  } = {},
): Span {
  const { parent, causes, ...others } = rest;
  return {
    id: id as SpanId,
    kind: 'handler',
    name: id,
    lane: { namespace: 'ns', track: 'track' },
    start: instant(at[0]),
    attributes: {},
    causes: (causes ?? []) as SpanId[],
    ...(at[1] === undefined ? {} : { end: instant(at[1]) }),
    ...(parent === undefined ? {} : { parent: parent as SpanId }),
    ...others,
  };
}
