// The workflows of both sides: those of callers first, then those behind the operations of the desk.
import { NexusOperationFailure } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  createNexusServiceClient,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { HandlerError } from 'nexus-rpc';
import type * as activities from './activities.ts';
import { jobDesk, type Answer, type Call, type CallFailure, type Job, type Outcome } from './contract.ts';

const answer = (text: string, attempt = 0): Answer => ({ text, language: 'typescript', attempt });

/** Calls one operation and tells what came of it. */
export async function call(input: Call): Promise<Outcome> {
  const began = Date.now();
  const outcome = await callDesk(input);
  const waited = Date.now() - began;
  if (input.linger > 0) await sleep(input.linger);
  return { ...outcome, waited };
}

async function callDesk(input: Call): Promise<Omit<Outcome, 'waited'>> {
  const client = createNexusServiceClient({ service: jobDesk, endpoint: input.endpoint });
  const { scheduleToClose, scheduleToStart, startToClose, cancellationType } = input;
  const scope = new CancellationScope();
  try {
    return await scope.run(async () => {
      const handle = await client.startOperation(input.operation, input.job, {
        cancellationType,
        ...(scheduleToClose > 0 && { scheduleToCloseTimeout: scheduleToClose }),
        ...(scheduleToStart > 0 && { scheduleToStartTimeout: scheduleToStart }),
        ...(startToClose > 0 && { startToCloseTimeout: startToClose }),
      });
      if (input.cancel) scope.cancel();
      return { answer: await handle.result() };
    });
  } catch (error) {
    if (error instanceof NexusOperationFailure) return { failure: describeFailure(error) };
    throw error;
  }
}

function describeFailure({ cause, endpoint, service, operation }: NexusOperationFailure): CallFailure {
  const place = { endpoint, service, operation, message: messagesOf(cause).join(': ') };
  if (cause instanceof HandlerError) return { kind: 'handler', type: cause.rawErrorType, ...place };
  if (cause instanceof ApplicationFailure) return { kind: 'application', type: cause.type ?? '', ...place };
  if (cause instanceof CancelledFailure) return { kind: 'canceled', type: '', ...place };
  if (cause instanceof TimeoutFailure) return { kind: 'timeout', type: String(cause.timeoutType), ...place };
  if (cause instanceof TerminatedFailure) return { kind: 'terminated', type: '', ...place };
  return { kind: 'other', type: cause?.name ?? '', ...place };
}

function messagesOf(error: unknown): readonly string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}

/** Does nothing for a while. */
export async function rest(ms: number): Promise<Answer> {
  await sleep(ms);
  return answer('rested');
}

const { attempt, alone } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 hour' },
});

/** Tries again after an hour what fails at first. */
export async function persist(): Promise<Answer> {
  return answer('done at last', await attempt());
}

/** Has `work` done by the SDK's client. */
export async function standalone(endpoint: string, job: Job): Promise<Answer> {
  return alone(endpoint, job);
}

/** Behind the operation of the same name. */
export async function work({ text, ms }: Job): Promise<Answer> {
  try {
    await sleep(ms);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => sleep('10 minutes'));
    throw error;
  }
  return answer(`worked on ${text}`);
}

/** Behind `join`. */
export async function shared({ text: first }: Job): Promise<Answer> {
  let [text, released] = [first, false];
  setHandler(defineQuery('text'), () => text);
  setHandler(defineUpdate<Answer, [Job]>('revise'), async (job) => {
    await sleep(job.ms);
    text = job.text;
    return answer(`revised to ${text}`);
  });
  setHandler(defineSignal<[string]>('release'), (last) => {
    [text, released] = [last, true];
  });
  await condition(() => released);
  return answer(text);
}

/** Behind the operation of the same name. */
export async function relay(job: Job): Promise<Answer> {
  const [endpoint, ...path] = job.path;
  if (endpoint === undefined) {
    if (job.ms > 0) await sleep(job.ms);
    return answer(`${job.text} typescript`);
  }
  const next = createNexusServiceClient({ service: jobDesk, endpoint });
  const { text } = await next.executeOperation('relay', { ...job, path });
  return answer(`${text} typescript`);
}
