import type { Prng } from '../../simulator/base/prng.ts';
import { createPrng } from '../../simulator/base/prng.ts';
import { ms } from '../../simulator/base/time.ts';
import type { AttemptRange, FaultRule } from '../../simulator/protocol/fault.ts';
import type { Limits } from '../../simulator/protocol/limits.ts';
import { HandlerErrorType } from '../../simulator/protocol/nexus.ts';
import type { Command } from '../../simulator/protocol/temporal/command.ts';
import type { HistoryEvent } from '../../simulator/protocol/temporal/history.ts';
import type { NexusRequest } from '../../simulator/protocol/temporal/nexus.ts';
import { handlerError, json, World, type HandlerAnswer, type WorkflowCode } from '../harness/world.ts';

/*
 * A random world: callers in several namespaces that schedule, cancel, sleep and close as they please, handlers
 * that answer, fail, dawdle and die, clients that signal, cancel and terminate. Each world draws which kinds of
 * trouble it knows at all, so that some are quiet and some are wild.
 */

export interface Trouble {
  readonly silence: boolean;
  readonly dawdling: boolean;
  readonly errors: boolean;
  readonly backing: boolean;
  readonly cancels: boolean;
  readonly meddling: boolean;
  /** Attempts that fail before they reach a worker, and completions that come late, twice or not at once. */
  readonly faults: boolean;
  /** Little room for calls that are under way, and a breaker that opens soon. */
  readonly narrow: boolean;
}

export interface Story {
  readonly seed: number;
  readonly trouble: Trouble;
  readonly world: World;
}

const namespaces = ['north', 'south', 'east'] as const;
const operations = ['charge', 'refund', 'quote'] as const;
/** Operations that one world may schedule; handlers that start callers would otherwise go on for ever. */
const OPERATIONS_MAX = 40;

const queueOf = (namespace: string) => ({ namespace, taskQueue: `${namespace}-queue` });

/** Sets a random world up and lets it play to its end. */
export async function playRandomWorld(seed: number, workflows = 6): Promise<Story> {
  const random = createPrng(`workload/${seed}`);
  const draw = (name: string): boolean => random.fork(`trouble/${name}`).chance({ of: 2, in: 3 });
  const trouble: Trouble = {
    silence: draw('silence'),
    dawdling: draw('dawdling'),
    errors: draw('errors'),
    backing: draw('backing'),
    cancels: draw('cancels'),
    meddling: draw('meddling'),
    faults: draw('faults'),
    narrow: draw('narrow'),
  };
  const world = new World({ seed, ...(trouble.narrow && { limits: narrowLimits(random.fork('limits')) }) });
  if (trouble.faults) world.driver.injectFaults(randomFaults(random.fork('faults')));
  const budget = { operations: OPERATIONS_MAX };
  await world.namespaces(...namespaces);
  for (const namespace of namespaces) {
    await world.endpoint(`${namespace}-endpoint`, queueOf(namespace));
    const handlers = random.fork(`handlers/${namespace}`);
    world.handler(queueOf(namespace), (request) =>
      answer(world, request, { random: handlers, trouble, namespace }),
    );
    world.workflow(queueOf(namespace), randomCode(random.fork(`code/${namespace}`), trouble, budget));
  }
  await startCallers(world, random.fork('callers'), { workflows, meddling: trouble.meddling });
  await world.settled();
  return { seed, trouble, world };
}

const narrowLimits = (random: Prng): Partial<Limits> => ({
  outboundConcurrency: 1 + random.below(3),
  outboundBuffer: 1 + random.below(3),
  outboundRatePerSecond: 1 + random.below(5),
  breakerConsecutiveFailures: 1 + random.below(4),
  breakerOpenFor: ms(1_000 + random.below(60_000)),
  pendingOperationsMax: 1 + random.below(5),
});

/** A few rules about some of the operations. */
function randomFaults(random: Prng): FaultRule[] {
  const range = (): AttemptRange => {
    const from = 1 + random.below(3);
    return { from, to: from + random.below(4) };
  };
  const failing = () => ({
    attempts: range(),
    fail: { type: pick(random, Object.values(HandlerErrorType)) },
  });
  return Array.from({ length: 1 + random.below(4) }, (): FaultRule => {
    const named = { service: 'Service', operation: pick(random, operations) };
    if (random.chance({ of: 1, in: 2 })) return { kind: 'attempt', ...named, ...failing() };
    return {
      kind: 'callback',
      ...named,
      ...(random.chance({ of: 1, in: 2 }) && { lateBy: ms(random.below(30_000)) }),
      ...(random.chance({ of: 1, in: 3 }) && { copies: 1 + random.below(3) }),
      ...(random.chance({ of: 1, in: 2 }) && failing()),
    };
  });
}

async function startCallers(
  world: World,
  random: Prng,
  { workflows, meddling }: { readonly workflows: number; readonly meddling: boolean },
): Promise<void> {
  for (let index = 0; index < workflows; index++) {
    const namespace = pick(random, namespaces);
    await world.start({
      namespace,
      workflowId: `caller-${index}`,
      workflowType: { name: 'Caller' },
      taskQueue: { name: queueOf(namespace).taskQueue },
      ...(random.chance({ of: 1, in: 4 }) && { workflowRunTimeout: ms(1_000 + random.below(100_000)) }),
    });
    if (meddling)
      meddle(world, random.fork(`meddler/${index}`), { namespace, workflowId: `caller-${index}` });
  }
}

/** A client that interferes with a run at some moment. Refusals are part of the game. */
function meddle(world: World, random: Prng, target: { namespace: string; workflowId: string }): void {
  const { namespace, workflowId } = target;
  const named = { namespace, workflowExecution: { workflowId } };
  const interfere = async (): Promise<void> => {
    await world.driver.sleep(ms(random.below(20_000)));
    await world.driver.call('signalWorkflowExecution', { ...named, signalName: 'poke' });
    await world.driver.sleep(ms(random.below(20_000)));
    if (random.chance({ of: 1, in: 2 })) await world.driver.call('requestCancelWorkflowExecution', named);
    else await world.driver.call('terminateWorkflowExecution', named);
  };
  void interfere();
}

interface Answering {
  readonly random: Prng;
  readonly trouble: Trouble;
  readonly namespace: string;
}

async function answer(
  world: World,
  request: NexusRequest,
  { random, trouble, namespace }: Answering,
): Promise<HandlerAnswer> {
  if (trouble.silence && random.chance({ of: 1, in: 8 })) return 'silence';
  if (trouble.dawdling) await world.driver.sleep(ms(random.below(12_000)));
  if (trouble.errors && random.chance({ of: 1, in: 3 })) {
    return handlerError(pick(random, Object.values(HandlerErrorType)));
  }
  if (request.cancelOperation !== undefined) return { cancelled: true };
  if (trouble.errors && random.chance({ of: 1, in: 6 })) {
    const operationState = random.chance({ of: 1, in: 2 }) ? 'failed' : 'canceled';
    return { response: { operationError: { operationState, failure: { message: 'no' } } } };
  }
  if (!trouble.backing || random.chance({ of: 1, in: 3 })) {
    return { response: { syncSuccess: { payload: json(random.below(100)) } } };
  }
  return startBacking(world, request, { random, namespace });
}

async function startBacking(
  world: World,
  request: NexusRequest,
  { random, namespace }: { readonly random: Prng; readonly namespace: string },
): Promise<HandlerAnswer> {
  const { requestId = '', callback = '', callbackHeader = {} } = request.startOperation ?? {};
  const workflowId = `backing-${random.below(4)}`;
  const started = await world.driver.call('startWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'Backing' },
    taskQueue: { name: queueOf(namespace).taskQueue },
    requestId,
    completionCallbacks: [
      { nexus: { url: callback, header: { ...callbackHeader, 'nexus-operation-token': workflowId } } },
    ],
    workflowIdConflictPolicy: random.chance({ of: 1, in: 2 }) ? 'USE_EXISTING' : 'FAIL',
    onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
  });
  if (!started.ok) return handlerError('INTERNAL', 'NON_RETRYABLE');
  return { response: { asyncSuccess: { operationToken: workflowId } } };
}

/** A workflow that does something at random each time it is woken, and closes after a while. */
function randomCode(random: Prng, trouble: Trouble, budget: { operations: number }): WorkflowCode {
  return (history) => {
    if (history.length > 60 || random.chance({ of: 1, in: 5 })) return [closing(random)];
    const commands: Command[] = [];
    const timerId = `timer-${history.length}`;
    const startToFireTimeout = ms(1 + random.below(30_000));
    commands.push({ commandType: 'START_TIMER', attributes: { timerId, startToFireTimeout } });
    for (let count = random.below(3); count > 0 && budget.operations-- > 0; count--) {
      commands.push(schedule(random));
    }
    const cancellable = trouble.cancels ? pendingOperation(history) : undefined;
    if (cancellable !== undefined && random.chance({ of: 1, in: 3 })) {
      commands.push({
        commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
        attributes: { scheduledEventId: cancellable },
      });
    }
    return commands;
  };
}

const schedule = (random: Prng): Command => ({
  commandType: 'SCHEDULE_NEXUS_OPERATION',
  attributes: {
    // One name in twenty is of an endpoint that does not exist: the workflow task fails.
    endpoint: random.chance({ of: 1, in: 20 }) ? 'nowhere' : `${pick(random, namespaces)}-endpoint`,
    service: 'Service',
    operation: pick(random, operations),
    ...(random.chance({ of: 1, in: 2 }) && { scheduleToCloseTimeout: ms(random.below(60_000)) }),
    ...(random.chance({ of: 1, in: 4 }) && { scheduleToStartTimeout: ms(random.below(30_000)) }),
    ...(random.chance({ of: 1, in: 4 }) && { startToCloseTimeout: ms(random.below(30_000)) }),
  },
});

/** An operation that, by what the workflow has seen, is still open and not cancelled. */
function pendingOperation(history: readonly HistoryEvent[]): number | undefined {
  const settled = new Set<number>();
  for (const { eventType, attributes } of history) {
    const ends = /^NEXUS_OPERATION_(COMPLETED|FAILED|CANCELED|TIMED_OUT|CANCEL_REQUESTED)$/.test(eventType);
    if (ends && 'scheduledEventId' in attributes) settled.add(attributes.scheduledEventId);
  }
  return history.find(
    ({ eventType, eventId }) => eventType === 'NEXUS_OPERATION_SCHEDULED' && !settled.has(eventId),
  )?.eventId;
}

function closing(random: Prng): Command {
  switch (random.below(3)) {
    case 0:
      return { commandType: 'CANCEL_WORKFLOW_EXECUTION' };
    case 1:
      return { commandType: 'FAIL_WORKFLOW_EXECUTION', attributes: { failure: { message: 'enough' } } };
    default:
      return {
        commandType: 'COMPLETE_WORKFLOW_EXECUTION',
        attributes: { result: { payloads: [json(random.below(10))] } },
      };
  }
}

function pick<T>(random: Prng, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}
