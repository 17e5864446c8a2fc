import {
  openOperation,
  openOperations,
  type CallKind,
  type EngineState,
  type OutboundCall,
  type OutboundGroup,
  type Ticket,
} from '../state.ts';
import type { Check } from './check.ts';

/* Operations, their cancel requests, and the lines in which their calls wait. */

/** What an operation has is what its state says. */
export const operationsFitTheirState: Check = (world) => {
  for (const { ref, state, token, startedAt, cancellation, outboundCall } of openOperations(world)) {
    const id = `${ref.run.workflowId}: operation ${ref.scheduledEventId}`;
    const started = state === 'STARTED';
    if ((token !== undefined) !== started || (startedAt !== undefined) !== started)
      return `${id} is ${state}`;
    if (cancellation !== undefined && (cancellation.state === 'UNSPECIFIED') === started) {
      return `${id} is ${state}, its cancel request ${cancellation.state}`;
    }
    const waits = outboundCall?.kind === 'cancel' ? cancellation?.state : state;
    if (outboundCall !== undefined && waits !== 'SCHEDULED')
      return `${id} waits in line and is ${String(waits)}`;
  }
  return undefined;
};

/** A cancel request is backing off on a timer, or in one worker's hands, or in line; never two of these. */
export const cancelRequestsGoOn: Check = (world) => {
  const tasks = tasksOf(world, 'cancel');
  for (const { ref, cancellation, outboundCall } of openOperations(world)) {
    if (cancellation === undefined) continue;
    const { state, timer, attempt } = cancellation;
    const id = `cancel request of ${ref.run.workflowId}, operation ${ref.scheduledEventId},`;
    if ((timer?.state === 'set') !== (state === 'BACKING_OFF')) return `${id} is ${state}`;
    if (state === 'BACKING_OFF' && attempt === 0) return `${id} is ${state} before any attempt`;
    const inHands = tasks.get(`${ref.run.runId}/${ref.scheduledEventId}`) ?? 0;
    const count = inHands + (outboundCall?.kind === 'cancel' ? 1 : 0);
    if (count !== (state === 'SCHEDULED' ? 1 : 0)) return `${id} is ${state} and under way ${count} times`;
  }
  return undefined;
};

function tasksOf(
  { nexusTasks, externalCalls }: Readonly<EngineState>,
  kind: CallKind,
): ReadonlyMap<string, number> {
  const tasks = new Map<string, number>();
  for (const { purpose } of [...nexusTasks.values(), ...externalCalls.values()]) {
    if (purpose.kind !== kind) continue;
    const key = `${purpose.operation.run.runId}/${purpose.operation.scheduledEventId}`;
    tasks.set(key, (tasks.get(key) ?? 0) + 1);
  }
  return tasks;
}

/** A call stands in the one line that its reason names, and comes to its turn by itself. */
export const linesMove: Check = (state) => {
  let inLine = 0;
  for (const group of state.outbound.values()) {
    const found = lineProblem(state, group);
    if (found !== undefined) return `${group.kind} calls ${group.namespace} → ${group.endpoint}: ${found}`;
    inLine += group.waiting.size + group.blocked.size;
  }
  let waiting = 0;
  for (const { outboundCall } of openOperations(state)) {
    if (outboundCall !== undefined && outboundCall.timer?.state !== 'set') waiting++;
  }
  return waiting === inLine ? undefined : `${waiting} calls wait for their turn, ${inLine} stand in line`;
};

function lineProblem(state: Readonly<EngineState>, group: OutboundGroup): string | undefined {
  const { waiting, blocked, breaker, timer, probeTimer, inFlight } = group;
  const isStray = (call: OutboundCall): boolean =>
    openOperation(state, call.run, call.operation)?.outboundCall !== call ||
    (group.kind !== 'standalone' && call.kind !== group.kind);
  const stray = [...waiting, ...blocked].find(isStray);
  if (stray !== undefined) return `the call for operation ${stray.operation} is not wanted any more`;
  if ([...waiting].some(({ reason }) => reason !== 'rate' && reason !== 'concurrency'))
    return 'a refused call waits';
  if ([...blocked].some(({ reason }) => reason !== 'breaker')) return 'a call is blocked by no breaker';
  if (blocked.size > 0 && breaker.kind === 'closed')
    return `${blocked.size} calls are blocked by a closed breaker`;
  // The first of them may be under way as the probe, or in line for its slot; how that ends moves the others.
  const asks =
    probeTimer?.state === 'set' || waiting.size > 0 || (breaker.kind === 'half-open' && breaker.probing);
  if (blocked.size > 0 && !asks) return `nobody asks for the ${blocked.size} blocked calls`;
  if (waiting.size > 0 && timer?.state !== 'set' && inFlight === 0)
    return `${waiting.size} calls wait for nothing`;
  return undefined;
}

/** B3: what a half-open breaker has let through is one probe, and it knows of it. */
export const probesAreSingle: Check = ({ outbound, nexusTasks, externalCalls }) => {
  for (const { key, kind, namespace, endpoint, breaker } of outbound.values()) {
    if (breaker.kind !== 'half-open') continue;
    const isProbe = (ticket: Ticket | undefined): boolean =>
      ticket?.group === key && ticket.generation === breaker.generation;
    const calls = [...nexusTasks.values(), ...externalCalls.values()];
    const probes = calls.filter(({ ticket }) => isProbe(ticket)).length;
    if (probes !== (breaker.probing ? 1 : 0))
      return `${kind} calls ${namespace} → ${endpoint}: ${probes} probes`;
  }
  return undefined;
};
