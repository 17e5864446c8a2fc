import type { Engine } from '../engine/engine.ts';
import type { Gauge } from '../engine/metrics/series.ts';
import type { Trace } from '../engine/trace/spans.ts';

/**
 * How much a world holds at this moment. The first two are the server's, per caller namespace and endpoint; the others
 * are this simulator's own: what would grow if something were never let go.
 */
export const gaugesOf = (engine: Engine, trace: Trace): readonly Gauge[] => [
  ...outboundGauges(engine),
  ...own({
    runs_running: ['Workflow runs and standalone operations that go on.', running(engine)],
    runs_closed: ['Those that have closed and are kept.', engine.state.expiries.size],
    timers: ['Timers that are set.', engine.state.timers.size],
    nexus_tasks: ['Nexus tasks that wait or are with workers.', engine.state.nexusTasks.size],
    waiting_calls: [
      'Calls that wait for their answers, long polls among them.',
      engine.state.waitingCalls.size,
    ],
    held_tasks: ['Tasks in the hands of workers of other processes.', engine.state.held.size],
    task_queues: ['Task queues that are loaded.', engine.state.queues.size],
    spans: ['Bars of the timeline.', trace.store.size],
    spans_dropped: ['Bars of the timeline that were dropped.', trace.store.dropped],
  }),
];

const running = ({ state }: Engine): number =>
  state.executions.size + state.standalone.size - state.expiries.size;

const own = (values: Readonly<Record<string, readonly [string, number]>>): readonly Gauge[] =>
  Object.entries(values).map(([name, [help, value]]) => ({ name: `nexus_sim_${name}`, help, value }));

function outboundGauges({ state }: Engine): readonly Gauge[] {
  const groups = [...state.outbound.values()].map(({ kind, namespace, endpoint, waiting, inFlight }) => ({
    labels: { namespace, destination: endpoint, task_group: kind },
    waiting: waiting.size,
    inFlight,
  }));
  const [size, active] = [
    'dynamic_worker_pool_scheduler_buffer_size',
    'dynamic_worker_pool_scheduler_active_workers',
  ];
  return [
    ...groups.map(({ labels, waiting }) => ({
      name: size,
      help: 'Calls that wait their turn.',
      labels,
      value: waiting,
    })),
    ...groups.map(({ labels, inFlight }) => ({
      name: active,
      help: 'Calls that are out.',
      labels,
      value: inFlight,
    })),
  ];
}
