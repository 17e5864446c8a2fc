import { callTimedOut, type ExternalAnswer } from '../../protocol/nexus-client.ts';
import { record, type Turn } from '../turn.ts';
import { endDelivery } from './callback.ts';
import { takeExternalCall } from './external-call.ts';
import { settleFailure, settleResponse } from './respond.ts';

/** A call to another process was answered, or could not be made. */
export function endExternalCall(turn: Turn, token: string, answer: ExternalAnswer): void {
  const open = takeExternalCall(turn, token);
  if (open === undefined) return;
  const failure = 'failure' in answer ? answer.failure : undefined;
  record(turn, { kind: 'external-call-ended', token, ...(failure !== undefined && { failure }) });
  const { purpose, ticket } = open;
  if (purpose.kind === 'callback') endDelivery(turn, purpose, failure);
  else if ('failure' in answer) settleFailure(turn, { purpose, ticket }, answer.failure);
  else settleResponse(turn, { purpose, ticket }, answer.response);
}

/** No answer in time. */
export function expireExternalCall(turn: Turn, token: string): void {
  turn.effects.push({ kind: 'external-call-abandoned', token });
  endExternalCall(turn, token, { failure: callTimedOut });
}
