import type { VNode } from 'preact';
import { Details } from './details.tsx';
import { EmptyState } from './empty-state.tsx';
import { HelpSheet } from './help-sheet.tsx';
import { OutlineTree } from './outline-tree.tsx';
import type { PageProps } from './page-props.ts';
import { selectedBar } from './store.ts';
import { TimelineCanvas } from './timeline-canvas.tsx';
import { Toolbar } from './toolbar.tsx';

export function App(props: PageProps): VNode {
  const { state, dispatch } = props;
  const bar = selectedBar(state);
  const empty = state.model.size === 0;
  return (
    <main class="page" aria-label="Nexus timeline">
      <Toolbar {...props} />
      <div class="body">
        <div class="chart">
          {!empty && <OutlineTree {...props} />}
          <TimelineCanvas {...props} />
          {empty && <EmptyState {...props} />}
        </div>
        {bar !== undefined && <Details {...props} bar={bar} />}
      </div>
      {state.helpOpen && <HelpSheet onClose={() => dispatch({ type: 'help', open: false })} />}
    </main>
  );
}
