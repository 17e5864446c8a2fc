import { CancellationSource } from '../base/cancellation.ts';
import type { Disposable } from '../base/disposable.ts';
import { formatDuration, ms, type Instant } from '../base/time.ts';
import type { Verdict } from '../protocol/contract.ts';
import type { FaultRule } from '../protocol/fault.ts';
import type { Span } from '../protocol/span.ts';
import type { Sleeper, TemporalPort } from '../protocol/temporal/port.ts';
import { judge } from './expectations.ts';
import { encodePayload } from './json.ts';
import type { ParticipantContext } from './participant.ts';
import { untilClosed } from './read-history.ts';
import { runScriptedWorker } from './scripted-worker.ts';
import { runScriptedWorkflows } from './scripted-workflow.ts';
import { SourceLines } from './source.ts';
import { fill } from './template.ts';
import type { Fault, QueueAddress, Start, Step, World } from './world.ts';

/** Where a world runs: Temporal's API, a clock, and what only a simulation can do. */
export interface WorldHost extends TemporalPort, Sleeper {
  injectFaults(rules: readonly FaultRule[]): void;
  /** `horizon`: the clock has run as far as it may, and something is still open. */
  whenSettled(): Promise<'idle' | 'horizon'>;
  spans(): readonly Span[];
}

/** A world that was set up; disposing it ends its participants. */
export interface WorldRun extends Disposable {
  /** Settles when nothing happens any more: what held of what the file expects. */
  readonly verdict: Promise<Verdict>;
  /** Refusals that participants met, one sentence each, in order. */
  readonly troubles: readonly string[];
}

/** The world and its text; the text tells the lines of its expectations. */
export interface WorldSource {
  readonly world: World;
  readonly text: string;
}

/**
 * Sets a world up on a host: namespaces, endpoints, faults, participants, and then the workflows that start.
 * What the host refuses becomes a trouble, and an expectation that does not hold.
 */
export function runWorld(source: WorldSource, host: WorldHost): WorldRun {
  const cancellation = new CancellationSource();
  const troubles: string[] = [];
  const context: ParticipantContext = {
    port: host,
    sleeper: host,
    signal: cancellation.signal,
    onTrouble: (message) => troubles.push(message),
  };
  return {
    troubles,
    verdict: play(source, host, context),
    dispose: () => {
      cancellation.cancel();
    },
  };
}

async function play(source: WorldSource, host: WorldHost, context: ParticipantContext): Promise<Verdict> {
  const { world } = source;
  host.injectFaults(world.faults.map(faultRule));
  await setUp(world, context);
  startParticipants(world, context);
  for (const start of world.start) await startWorkflow(start, context);
  if (hasExternalWorker(world)) await untilAllClosed(world, context);
  const settled = await host.whenSettled();
  if (settled === 'horizon') context.onTrouble(restless(host.now()));
  return verdictOn(source, host, context);
}

/** Whether a real worker is to take part; then the world is at rest before it has begun. */
const hasExternalWorker = (world: World): boolean =>
  world.workers.some(({ value }) => value?.external === true);

async function untilAllClosed(world: World, { port, signal }: ParticipantContext): Promise<void> {
  const addresses = world.start.map(({ namespace, id }) => ({
    namespace: namespace.value,
    execution: { workflowId: id.value },
  }));
  await Promise.all(addresses.map((address) => untilClosed(port, address, signal)));
}

const restless = (now: Instant): string =>
  `The world never came to rest and was left at ${formatDuration(ms(now))} of virtual time; ` +
  'what is still open may go on for ever.';

async function verdictOn(
  { world, text }: WorldSource,
  host: WorldHost,
  context: ParticipantContext,
): Promise<Verdict> {
  const lines = new SourceLines(text);
  const endedAt = host.now();
  const evidence = { world, port: context.port, spans: host.spans() };
  const expectations = [];
  for (const { value, range } of world.expect) {
    expectations.push(await judge(value, lines.lineOf(range.start), evidence));
  }
  return { passed: expectations.every(({ passed }) => passed), expectations, endedAt };
}

async function setUp(world: World, { port, onTrouble }: ParticipantContext): Promise<void> {
  for (const { value: namespace } of world.namespaces) {
    const reply = await port.call('registerNamespace', { namespace });
    if (!reply.ok && reply.error.code !== 'ALREADY_EXISTS') {
      onTrouble(`The namespace "${namespace}" could not be made: ${reply.error.message}`);
    }
  }
  for (const { name, value } of world.endpoints) {
    if (value === undefined) continue;
    const target = { namespace: value.target.namespace.value, taskQueue: value.target.taskQueue.value };
    const reply = await port.call('createNexusEndpoint', {
      spec: { name: name.value, target: { worker: target } },
    });
    if (!reply.ok) onTrouble(`The endpoint "${name.value}" could not be made: ${reply.error.message}`);
  }
}

function startParticipants(world: World, context: ParticipantContext): void {
  const running: Promise<void>[] = [];
  for (const { name, value: worker } of world.workers) {
    if (worker === undefined || worker.external === true || worker.operations === undefined) continue;
    for (let instance = 1; instance <= (worker.instances ?? 1); instance++) {
      running.push(runScriptedWorker({ worker, identity: `${name.value}-${instance}` }, context));
    }
  }
  const workflows = scriptsOf(world);
  for (const { namespace, taskQueue } of workflowQueues(world)) {
    const identity = `workflows-${taskQueue.value}`;
    const queue = { namespace: namespace.value, taskQueue: taskQueue.value };
    running.push(runScriptedWorkflows({ ...queue, identity, workflows }, context));
  }
  for (const participant of running) {
    participant.catch((reason: unknown) => {
      context.onTrouble(`A participant ended with an error: ${String(reason)}`);
    });
  }
}

/** The queues on which the file's own workflows run: those of scripted workers, and those where it starts some. */
function workflowQueues(world: World): readonly QueueAddress[] {
  const workers = world.workers.flatMap(({ value }) => value ?? []);
  const key = ({ namespace, taskQueue }: QueueAddress): string =>
    JSON.stringify([namespace.value, taskQueue.value]);
  const external = new Set(workers.filter((worker) => worker.external === true).map(key));
  const wanted: readonly QueueAddress[] = [
    ...workers.filter((worker) => worker.external !== true),
    ...world.start,
  ];
  const found = new Map<string, QueueAddress>();
  for (const queue of wanted) if (!external.has(key(queue))) found.set(key(queue), queue);
  return [...found.values()];
}

const scriptsOf = (world: World): ReadonlyMap<string, readonly Step[]> =>
  new Map(world.workflows.map(({ name, value = [] }) => [name.value, value]));

async function startWorkflow(start: Start, { port, onTrouble }: ParticipantContext): Promise<void> {
  const input = start.input === undefined ? undefined : fill(start.input.template, () => undefined);
  const reply = await port.call('startWorkflowExecution', {
    namespace: start.namespace.value,
    workflowId: start.id.value,
    workflowType: { name: start.workflow.value },
    taskQueue: { name: start.taskQueue.value, kind: 'NORMAL' },
    ...(input?.ok === true && { input: { payloads: [encodePayload(input.value)] } }),
    identity: 'world-file',
    requestId: `start-${start.namespace.value}-${start.id.value}`,
  });
  if (!reply.ok) onTrouble(`The workflow "${start.id.value}" could not be started: ${reply.error.message}`);
}

function faultRule({ operation, attempts, fail }: Fault): FaultRule {
  const { type, message, retryable } = fail;
  return {
    kind: 'attempt',
    endpoint: operation.endpoint.value,
    service: operation.service,
    operation: operation.operation,
    attempts,
    fail: {
      type,
      ...(message !== undefined && { message }),
      ...(retryable !== undefined && { retryBehavior: retryable ? 'RETRYABLE' : 'NON_RETRYABLE' }),
    },
  };
}
