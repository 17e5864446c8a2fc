// Histories alone give the bars that the engine draws of itself, as far as they can tell.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectDefined } from '../../simulator/base/assert.ts';
import { diskWorldFiles } from '../../simulator/cli/world-files.ts';
import { readExported } from '../../simulator/cluster/history-json.ts';
import { createDriver, type Driver } from '../../simulator/driver/driver.ts';
import { replay } from '../../simulator/driver/replay.ts';
import type { RunRef } from '../../simulator/protocol/ids.ts';
import type { Span, SpanKind } from '../../simulator/protocol/span.ts';
import { spansOf } from '../../simulator/spans/histories.ts';
import type { RunHistory } from '../../simulator/spans/run-history.ts';
import { parseWorld } from '../../simulator/world/parse.ts';
import { runWorld } from '../../simulator/world/world-run.ts';
import { exported } from '../harness/exported-history.ts';
import { playRandomWorld } from './workload.ts';

/** Kinds that the engine draws from history alone, too. */
const kindsOfHistory: ReadonlySet<SpanKind> = new Set<SpanKind>([
  'workflow',
  'workflow-task',
  'timer',
  'activity',
  'operation',
]);

/** What a bar says, without what only facts tell. */
const shown = ({ id, kind, name, parent, lane, start, end, outcome, failure, code, causes }: Span) => ({
  ...{ id, kind, name, parent, lane, start, end, outcome, failure, code },
  // Of deliveries only the last one leaves a trace, and only when it achieved something.
  causes: causes.filter((cause) => !cause.startsWith('callback:')).sort(),
});

/** The differences that histories cannot help, brought into one form. */
function alike(own: Span, told: Span): readonly [object, object] {
  // Of a delivery it is known when it arrived; it may have set out later than its run closed, and not at the first try.
  if (told.kind === 'callback') {
    const { end, lane, parent } = told;
    return [
      { end: own.end, lane: own.lane, parent: own.parent },
      { end, lane, parent },
    ];
  }
  // When it came is told by nobody but the server that it came to.
  if (told.kind === 'update') return [shown({ ...own, start: told.start }), shown(told)];
  // A handler that tells its workflow nothing of the call has still told the caller of its workflow.
  if (told.kind === 'workflow' && own.causes.length === 0 && told.causes.length === 1) {
    expect(told.causes[0]).toMatch(/^operation:/);
    return [shown(own), shown({ ...told, causes: [] })];
  }
  // What had ended when its run closed, but too late for the run to hear of it, is not in its history.
  const isUnheard = told.outcome === 'canceled' && told.failure === undefined && own.end !== undefined;
  if (isUnheard && told.end !== undefined && own.end <= told.end) {
    return [shown({ ...own, end: told.end, outcome: 'canceled' }), shown(told)].map(
      ({ failure: _, ...rest }: ReturnType<typeof shown>) => rest,
    ) as [object, object];
  }
  return [shown(own), shown(told)];
}

function expectAgreement(engine: readonly Span[], histories: readonly RunHistory[]): void {
  const told = new Map(spansOf(histories).map((span) => [span.id, span]));
  const own = new Map(engine.map((span) => [span.id, span]));
  const missing = engine.filter(({ id, kind }) => kindsOfHistory.has(kind) && !told.has(id));
  expect(missing).toEqual([]);
  for (const span of told.values()) {
    // The engine draws the cancel request where its handler is.
    if (span.id.startsWith('cancel:')) continue;
    const drawn =
      span.kind === 'callback'
        ? engine.find(
            ({ kind, parent, end, start }) =>
              kind === 'callback' && parent === span.parent && end === span.end && start >= span.start,
          )
        : own.get(span.id);
    const [mine, theirs] = alike(expectDefined(drawn, `${span.id} of the engine`), span);
    expect(theirs).toEqual(mine);
  }
}

async function historiesOf(driver: Driver): Promise<readonly RunHistory[]> {
  const workflows = driver.spans().filter(({ kind }) => kind === 'workflow');
  return Promise.all(
    workflows.map(async ({ lane: { namespace }, attributes }) => {
      const { workflowId, runId } = attributes as unknown as RunRef;
      const execution = { workflowId, runId };
      const reply = await driver.call('getWorkflowExecutionHistory', { namespace, execution });
      const described = await driver.call('describeWorkflowExecution', { namespace, execution });
      if (!reply.ok || !described.ok) throw new Error(`${workflowId} has no history`);
      return {
        run: { namespace, workflowId, runId } as RunRef,
        // By way of a file, as a real server's would come.
        events: eventsIn(exported(reply.value.history.events ?? [])),
        described: { at: driver.now(), ...described.value },
      };
    }),
  );
}

function eventsIn(text: string): RunHistory['events'] {
  const read = readExported(text);
  if (!read.ok || read.value.kind !== 'history') throw new Error('This is no history');
  return read.value.events;
}

const examples = readdirSync('examples').filter((name) => name.endsWith('.nexus.yaml'));

test.each(examples)('the engine and histories agree on %s', async (name) => {
  const path = `examples/${name}`;
  const parsed = parseWorld(readFileSync(path, 'utf8'), { path, files: diskWorldFiles });
  // Nobody comes to work there.
  if (parsed.value.workers.some(({ value }) => value?.external === true)) return;
  const { profile, limits } = parsed.value;
  const clock = { mode: 'run' } as const;
  const driver = createDriver({ seed: 1, profile, limits: limits.value, originMs: 0, clock });
  const run = runWorld(parsed, driver);
  await run.verdict;
  const histories = await historiesOf(driver);
  expect(histories.length).toBeGreaterThan(0);
  expectAgreement(driver.spans(), histories);
  expectAgreement(
    driver.spans(),
    histories.map(({ run: ref, events }) => ({ run: ref, events })),
  );
  run.dispose();
  driver.dispose();
});

describe('of random worlds', () => {
  const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

  test('the engine and histories agree, whatever happened', async () => {
    for (const seed of seeds) {
      const { world } = await playRandomWorld(seed);
      const header = expectDefined(world.journal.header, 'the journal header');
      const { engine } = replay(header, world.journal.entries);
      const histories = [...engine.state.executions.values()].map(({ ref, events }) => ({
        run: ref,
        events,
      }));
      expectAgreement(world.driver.spans(), histories);
      world.dispose();
    }
  });
});
