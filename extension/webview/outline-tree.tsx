import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PageProps } from './page-props.ts';
import { describe } from './describe.ts';
import { outlineAround, type OutlineRow } from './outline.ts';
import { selectedBar, type Action } from './store.ts';

/** Bars before and after the selected one that are in the document. */
const WINDOW = 40;

/**
 * The timeline as screen readers see it, in step with the canvas: selecting a row selects its bar. It is
 * hidden from view because the canvas shows the same; the canvas draws the focus too.
 */
export function OutlineTree({ state, dispatch, perform }: PageProps): VNode {
  const selected = selectedBar(state);
  const rows = outlineAround(state.model, selected, WINDOW);
  const active = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const focusable = selected?.span.id ?? rows.find((row) => row.kind === 'bar')?.bar.span.id;
  useEffect(() => {
    // The focus follows the selection only when it is in the tree already: nothing takes it from elsewhere.
    if (grid.current?.contains(document.activeElement) === true) active.current?.focus();
  }, [state.selected]);
  return (
    <div class="visually-hidden" role="treegrid" aria-label="Timeline bars" aria-colcount={1} ref={grid}>
      {rows.map((row) => {
        const current = row.kind === 'bar' && row.bar.span.id === focusable;
        return (
          <div
            key={keyOf(row)}
            ref={current ? active : null}
            role="row"
            tabIndex={current ? 0 : -1}
            aria-level={row.level}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-selected={row.kind === 'bar' && row.bar === selected}
            {...(hasChildren(row) ? { 'aria-expanded': true } : {})}
            onFocus={() => selectRow(row, state.selected, dispatch)}
            onClick={() => selectRow(row, state.selected, dispatch)}
            onDblClick={() => perform({ type: 'go-to-handler' })}
          >
            <span role="gridcell">{labelOf(row)}</span>
          </div>
        );
      })}
    </div>
  );
}

function selectRow(row: OutlineRow, selected: string | undefined, dispatch: (action: Action) => void): void {
  if (row.kind === 'bar' && row.bar.span.id !== selected) dispatch({ type: 'select', id: row.bar.span.id });
}

const hasChildren = (row: OutlineRow): boolean => row.kind !== 'bar' || row.bar.children.length > 0;

function keyOf(row: OutlineRow): string {
  switch (row.kind) {
    case 'namespace':
      return `namespace ${row.name}`;
    case 'track':
      return `track ${row.lane.namespace} ${row.lane.track}`;
    case 'bar':
      return row.bar.span.id;
  }
}

function labelOf(row: OutlineRow): string {
  switch (row.kind) {
    case 'namespace':
      return `namespace ${row.name}`;
    case 'track':
      return `track ${row.lane.track}`;
    case 'bar':
      return describe(row.bar);
  }
}
