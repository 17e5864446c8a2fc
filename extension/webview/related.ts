import type { CodeReference } from '../../simulator/protocol/span.ts';
import type { Bar } from './layout.ts';
import type { TimelineModel } from './timeline-model.ts';

/** Bars that this one was caused by: its parent when that is drawn in another lane, then its direct causes. */
export function relatedBars(model: TimelineModel, bar: Bar): readonly Bar[] {
  const parent = bar.parent === undefined ? model.bar(bar.span.parent) : undefined;
  const causes = bar.span.causes.map((id) => model.bar(id));
  return [...new Set([parent, ...causes])].filter((one) => one !== undefined && one !== bar) as Bar[];
}

/** The code behind a bar: its own, or that of what it is a part of. */
export function codeOf(model: TimelineModel, bar: Bar): CodeReference | undefined {
  let at: Bar | undefined = bar;
  // Parents in other lanes count too; the bound ends a ring of them.
  for (let step = 0; at !== undefined && step < PARENTS_MAX; step += 1) {
    if (at.span.code !== undefined) return at.span.code;
    at = at.parent ?? model.bar(at.span.parent);
  }
  return undefined;
}

const PARENTS_MAX = 64;
