import type { CancellationSignal } from '../base/cancellation.ts';
import type { Result } from '../base/result.ts';
import type { CallOptions, ServiceError, Sleeper, TemporalPort } from '../protocol/temporal/port.ts';

/** What a scripted worker needs: the API that real workers use, and the clock that the simulation runs on. */
export interface ParticipantContext {
  readonly port: TemporalPort;
  readonly sleeper: Sleeper;
  /** Ends the participant; its polls are given up and its open tasks dropped. */
  readonly signal: CancellationSignal;
  /** Hears about answers that the service refused, one sentence each. */
  readonly onTrouble: (message: string) => void;
}

export interface PollLoop<Task> {
  readonly poll: (options: CallOptions) => Promise<Result<Task, ServiceError>>;
  /** A poll may end without a task; that is no task to handle. */
  readonly isTask: (task: Task) => boolean;
  readonly handle: (task: Task) => Promise<void>;
  /** Who polls, for messages. */
  readonly identity: string;
}

/** As many tasks as an SDK's worker holds at once by default. */
const TASKS_AT_ONCE_MAX = 100;

/** Polls, hands each task on without waiting for it to end, and polls again; until cancelled or refused. */
export async function runPollLoop<Task>(loop: PollLoop<Task>, context: ParticipantContext): Promise<void> {
  const open = new Set<Promise<void>>();
  while (!context.signal.cancelled) {
    const reply = await loop.poll({ signal: context.signal });
    if (!reply.ok) {
      if (!isFarewell(reply.error))
        context.onTrouble(`${loop.identity} stopped polling: ${reply.error.message}`);
      return;
    }
    if (!loop.isTask(reply.value)) continue;
    const handling = loop.handle(reply.value).finally(() => open.delete(handling));
    open.add(handling);
    if (open.size >= TASKS_AT_ONCE_MAX) await Promise.race(open);
  }
}

/** The service is going away, or the poll was given up: nothing that anybody must hear about. */
const isFarewell = (error: ServiceError): boolean =>
  error.code === 'UNAVAILABLE' || error.code === 'CANCELLED';

/** The task is gone, or events came while it was worked on and it will be given out again. */
const isOutdated = (error: ServiceError): boolean =>
  error.code === 'NOT_FOUND' || error.message.startsWith('UNHANDLED_COMMAND');

/** Sends an answer; one that comes too late is dropped by the service, which is part of the game. */
export async function answer(
  reply: Promise<Result<unknown, ServiceError>>,
  identity: string,
  context: ParticipantContext,
): Promise<void> {
  const { ok, ...rest } = await reply;
  if (ok || !('error' in rest) || isFarewell(rest.error) || isOutdated(rest.error)) return;
  context.onTrouble(`An answer of ${identity} was refused: ${rest.error.message}`);
}
