import { ok } from '../../base/result.ts';
import type { RequestOf, ResponseOf } from '../../protocol/temporal/methods.ts';
import type { StandaloneOperation } from '../state.ts';
import { refuse, refuseTo, replyTo, type CallContext, type MethodHandler, type Turn } from '../turn.ts';
import { describeStandalone, readLongPollToken, type LongPollToken } from './describe.ts';
import { findStandalone, isRefusal, notFound } from './lookup.ts';
import type { Wanted } from './record.ts';

/*
 * Those that ask how an operation is doing, and may wait for news of it. How long they wait is their frontend's
 * business; who gives up gets an empty answer and asks again.
 */

type Described = ResponseOf<'describeNexusOperationExecution'>;
type Polled = ResponseOf<'pollNexusOperationExecution'>;

export const describeNexusOperationExecution: MethodHandler<'describeNexusOperationExecution'> = (
  turn,
  request,
  context,
) => {
  const { longPollToken } = request;
  const token = longPollToken === undefined ? undefined : readLongPollToken(longPollToken);
  const own = findStandalone(turn, request, tokenProblem(request, token));
  if (isRefusal(own)) return own;
  if (token === undefined) return ok(describeStandalone(turn, own, request));
  if (token.runId !== own.operation.ref.run.runId) {
    return refuse('INVALID_ARGUMENT', 'long poll token does not match execution');
  }
  const { includeInput = false, includeOutcome = false } = request;
  const shown = { includeInput, includeOutcome };
  return answerOrWait<Described>(turn, own, { kind: 'change', since: token.seen, shown }, context);
};

function tokenProblem(
  { longPollToken, runId }: RequestOf<'describeNexusOperationExecution'>,
  token: LongPollToken | undefined,
): string | undefined {
  if (longPollToken === undefined) return undefined;
  if (runId === undefined) return 'run_id is required when long_poll_token is provided';
  return token === undefined ? 'invalid long poll token' : undefined;
}

export const pollNexusOperationExecution: MethodHandler<'pollNexusOperationExecution'> = (
  turn,
  request,
  context,
) => {
  const stage = request.waitStage ?? 'CLOSED';
  const own = findStandalone(turn, request, stageProblem(stage));
  if (isRefusal(own)) return own;
  return answerOrWait<Polled>(turn, own, { kind: 'stage', stage }, context);
};

/** A number that has no name passes the wire as it is. */
const stageProblem = (stage: unknown): string | undefined =>
  stage === 'STARTED' || stage === 'CLOSED' ? undefined : `unsupported wait_stage: ${String(stage)}`;

function answerOrWait<R extends Described | Polled>(
  turn: Turn,
  own: StandaloneOperation,
  wanted: Wanted,
  { call }: CallContext,
): ReturnType<typeof ok<R>> | undefined {
  // What is asked decides the kind of the answer.
  const answer = answerTo(turn, own, wanted) as R | undefined;
  if (answer !== undefined) return ok(answer);
  const wait = { call, run: own.operation.ref.run.runId, wanted };
  own.waits.set(call, wait);
  turn.state.waitingCalls.set(call, { kind: 'standalone', wait });
  return undefined;
}

/** What one who waits gets now; `undefined` while it is not what is waited for. */
function answerTo(turn: Turn, own: StandaloneOperation, wanted: Wanted): Described | Polled | undefined {
  if (wanted.kind === 'change') {
    return own.transitions > wanted.since ? describeStandalone(turn, own, wanted.shown) : undefined;
  }
  const closed = own.status !== 'RUNNING';
  const reached = closed || (wanted.stage === 'STARTED' && own.operation.state === 'STARTED');
  if (!reached) return undefined;
  const { ref, token } = own.operation;
  return {
    runId: ref.run.runId,
    waitStage: closed ? 'CLOSED' : 'STARTED',
    ...(token !== undefined && { operationToken: token }),
    ...own.outcome,
  };
}

/** Answers those that have waited for what it is now. Called once at the end of every turn that changed it. */
export function answerStandaloneWaits(turn: Turn, own: StandaloneOperation): void {
  for (const { call, wanted } of [...own.waits.values()]) {
    const answer = answerTo(turn, own, wanted);
    if (answer === undefined) continue;
    own.waits.delete(call);
    replyTo(turn, call, answer);
  }
}

/** The operation is going to be no more: nobody will hear anything else of it. */
export function endStandaloneWaits(turn: Turn, own: StandaloneOperation): void {
  answerStandaloneWaits(turn, own);
  const gone = notFound(own.operation.ref.run.workflowId);
  for (const call of own.waits.keys()) refuseTo(turn, call, gone);
  own.waits.clear();
}
