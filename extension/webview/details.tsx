import type { VNode } from 'preact';
import { formatDuration, ms } from '../../simulator/base/time.ts';
import type { CodeRole } from '../timeline/messages.ts';
import type { PageProps } from './page-props.ts';
import { attemptOf, stateOf, titleOf } from './describe.ts';
import { looks } from './kinds.ts';
import { endOf, type Bar } from './layout.ts';
import { codeOf, relatedBars } from './related.ts';

/** Everything about one bar, and the ways to its code. */
export function Details({ state, dispatch, send, bar }: PageProps & { readonly bar: Bar }): VNode {
  const { span } = bar;
  const code = codeOf(state.model, bar);
  const related = relatedBars(state.model, bar);
  return (
    <aside class="details" aria-label="Details">
      <h2>
        <span aria-hidden="true">{looks[span.kind].glyph}</span> {titleOf(bar)}
      </h2>
      {code !== undefined && (
        <p class="actions">
          {(code.kind === 'operation' ? operationRoles : workflowRoles).map(([role, label]) => (
            <button key={role} type="button" onClick={() => send({ type: 'jump', role, code })}>
              {label}
            </button>
          ))}
        </p>
      )}
      <dl>
        {factsOf(bar, state.now).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {span.failure !== undefined && span.failure.length > 0 && (
        <section aria-label="Failure">
          <h3>Failure</h3>
          <ol class="failure">
            {span.failure.map((message, index) => (
              <li key={index}>{message}</li>
            ))}
          </ol>
        </section>
      )}
      {related.length > 0 && (
        <section aria-label="Related bars">
          <h3>Caused by</h3>
          {related.map((other) => (
            <button
              key={other.span.id}
              type="button"
              class="link"
              onClick={() => dispatch({ type: 'select', id: other.span.id })}
            >
              {titleOf(other)}
            </button>
          ))}
        </section>
      )}
    </aside>
  );
}

const operationRoles = [
  ['handler', 'Go to handler'],
  ['caller', 'Go to caller'],
  ['contract', 'Go to contract'],
] as const satisfies readonly (readonly [CodeRole, string])[];

const workflowRoles = [['handler', 'Go to workflow']] as const satisfies readonly (readonly [
  CodeRole,
  string,
])[];

/** Every millisecond, as world files write it. */
const exact = (milliseconds: number): string => formatDuration(ms(milliseconds));

function factsOf(bar: Bar, now: number): readonly (readonly [string, string])[] {
  const { span } = bar;
  const attempt = attemptOf(bar);
  const end = span.end === undefined ? 'running' : exact(span.end);
  const facts: (readonly [string, string])[] = [
    ['Kind', looks[span.kind].word],
    ['Name', span.name],
    ['Outcome', stateOf(span) === '' ? 'none' : stateOf(span)],
    ['Start', exact(span.start)],
    ['End', end],
    ['Duration', exact(endOf(span, now) - span.start)],
    ['Namespace', span.lane.namespace],
    ['Track', span.lane.track],
  ];
  if (attempt !== undefined) facts.splice(2, 0, ['Attempt', String(attempt)]);
  const shown = new Set(facts.map(([name]) => name.toLowerCase()));
  for (const [name, value] of Object.entries(span.attributes))
    if (!shown.has(name.toLowerCase())) facts.push([name, String(value)]);
  return facts;
}
