import { jsonPayload } from '../protocol/temporal/payload.ts';
/** What happens in a world: what starts, what is done meanwhile, and what goes wrong. */
import { ms } from '../base/time.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { ParticipantContext } from './participant.ts';
import type { Dynamic } from './template.ts';
import { fill } from './template.ts';
import { conflictPolicyOf, optionFields } from './workflow-options.ts';
import type { Delivery, Fault, Intervention, Start, World } from './world.ts';

/** Starts what starts at the beginning, one after the other; what comes later is left to the clock. */
export async function startAll(world: World, context: ParticipantContext): Promise<void> {
  const seen = new Map<string, number>();
  for (const start of world.start) {
    const own = `start-${start.namespace.value}-${start.id.value}`;
    const count = (seen.get(own) ?? 0) + 1;
    seen.set(own, count);
    const requestId = start.requestId ?? (count === 1 ? own : `${own}-${count}`);
    if (start.at === undefined || start.at === 0) await startWorkflow(start, requestId, context);
    else later(start.at, context, () => startWorkflow(start, requestId, context));
  }
  for (const each of world.meanwhile) later(each.at, context, () => intervene(each, context));
}

/** What the host is to let go wrong; what workers do wrong is the participants' own business. */
export function faultRules(faults: readonly Fault[]): readonly FaultRule[] {
  return faults.flatMap((fault): readonly FaultRule[] => {
    if (fault.kind === 'worker' || fault.kind === 'activity') return [];
    if (fault.kind === 'callback') {
      const { service, operation } = fault.callback;
      return [{ kind: 'callback', service, operation, ...disturbance(fault.deliver) }];
    }
    const { type, message, retryable } = fault.fail;
    const { endpoint, service, operation } = fault.operation;
    const fail = {
      type,
      ...(message !== undefined && { message }),
      ...(retryable !== undefined && {
        retryBehavior: retryable ? ('RETRYABLE' as const) : ('NON_RETRYABLE' as const),
      }),
    };
    return [
      { kind: 'attempt', endpoint: endpoint.value, service, operation, attempts: fault.attempts, fail },
    ];
  });
}

/** The last one of each kind counts. */
function disturbance(
  deliveries: readonly Delivery[],
): Pick<FaultRule & { kind: 'callback' }, 'lateBy' | 'copies' | 'attempts' | 'fail'> {
  const late = deliveries.findLast(({ kind }) => kind === 'late');
  const copies = deliveries.findLast(({ kind }) => kind === 'copies');
  const lost = deliveries.findLast(({ kind }) => kind === 'lost');
  return {
    ...(late?.kind === 'late' && { lateBy: late.by }),
    ...(copies?.kind === 'copies' && { copies: copies.count }),
    ...(lost?.kind === 'lost' && { attempts: { from: 1, to: lost.count }, fail: lostOnTheWay }),
  };
}

const lostOnTheWay = { type: 'UNAVAILABLE', message: 'the callback was lost on its way' } as const;

function later(at: number, context: ParticipantContext, act: () => Promise<void>): void {
  const { sleeper, signal } = context;
  const acting = sleeper.sleep(ms(at - sleeper.now()), { signal }).then(() => {
    if (!signal.cancelled) return act();
    return undefined;
  });
  acting.catch((reason: unknown) => {
    context.onTrouble(`What was to happen later did not: ${String(reason)}`);
  });
}

async function startWorkflow(
  start: Start,
  requestId: string,
  { port, onTrouble }: ParticipantContext,
): Promise<void> {
  const { startDelay, idConflictPolicy } = start;
  const reply = await port.call('startWorkflowExecution', {
    namespace: start.namespace.value,
    workflowId: start.id.value,
    workflowType: { name: start.workflow.value },
    taskQueue: { name: start.taskQueue.value, kind: 'NORMAL' },
    ...inputOf(start.input),
    identity: 'world-file',
    requestId,
    ...optionFields(start),
    ...(startDelay !== undefined && { workflowStartDelay: startDelay }),
    ...(idConflictPolicy !== undefined && { workflowIdConflictPolicy: conflictPolicyOf[idConflictPolicy] }),
  });
  if (!reply.ok) onTrouble(`The workflow "${start.id.value}" could not be started: ${reply.error.message}`);
}

async function intervene(intervention: Intervention, context: ParticipantContext): Promise<void> {
  const { kind, workflowId, namespace, signal = '' } = intervention;
  const target = {
    namespace: namespace.value,
    workflowExecution: { workflowId: workflowId.value },
    identity: 'world-file',
  };
  const { port, onTrouble } = context;
  const reply =
    kind === 'cancel'
      ? await port.call('requestCancelWorkflowExecution', target)
      : kind === 'terminate'
        ? await port.call('terminateWorkflowExecution', { ...target, reason: 'world file' })
        : await port.call('signalWorkflowExecution', {
            ...target,
            signalName: signal,
            ...inputOf(intervention.input),
          });
  if (!reply.ok) {
    onTrouble(
      `The workflow "${workflowId.value}" could not be reached to ${kind} it: ${reply.error.message}`,
    );
  }
}

function inputOf(input: Dynamic | undefined): {
  input?: { payloads: readonly [ReturnType<typeof jsonPayload>] };
} {
  const value = input === undefined ? undefined : fill(input.template, () => undefined);
  return value?.ok === true ? { input: { payloads: [jsonPayload(value.value)] } } : {};
}
