import type { Command } from '../../protocol/temporal/command.ts';
import type { ProtocolMessage, UpdateRequest } from '../../protocol/temporal/update.ts';
import type { CommandCheck } from '../execution/commands/command.ts';
import type { Execution } from '../state.ts';
import type { WorkflowUpdate } from './update-state.ts';

type State = WorkflowUpdate['state'];

/** How many events it takes to say what the message says. */
export function eventsOf({ updates }: Execution, message: ProtocolMessage | undefined): number {
  if (isRejection(message)) return 0;
  const accepts = message?.body?.type === 'temporal.api.update.v1.Acceptance';
  return 1 + (accepts ? (updates.get(message.protocolInstanceId ?? '')?.attached.length ?? 0) : 0);
}

export const isRejection = (message: ProtocolMessage | undefined): boolean =>
  message?.body?.type === 'temporal.api.update.v1.Rejection';

/**
 * A worker's commands, each with the message that it names. Messages that no command names are commands too:
 * rejections come before the others, because they write nothing and a command may close the run.
 */
export function withMessages(
  commands: readonly Command[],
  messages: readonly ProtocolMessage[],
): readonly Command[] {
  if (messages.length === 0) return commands;
  const left = new Set(messages);
  const named = commands.map((command): Command => {
    if (command.commandType !== 'PROTOCOL_MESSAGE') return command;
    const { messageId = '' } = command.attributes ?? {};
    const message = messages.find(({ id }) => id === messageId);
    if (message === undefined) return command;
    left.delete(message);
    return { ...command, attributes: { messageId, message } };
  });
  const unnamed = [...left].map((message): Command => ({
    commandType: 'PROTOCOL_MESSAGE',
    attributes: { message },
  }));
  const rejects = (command: Command): boolean =>
    command.commandType === 'PROTOCOL_MESSAGE' && isRejection(command.attributes?.message);
  return [...unnamed.filter(rejects), ...named, ...unnamed.filter((command) => !rejects(command))];
}

/** Why a message cannot be taken; notes the state that it leaves its update in. */
export function messageProblem(check: CommandCheck, message: ProtocolMessage): string | undefined {
  const { protocolInstanceId: id = '', body } = message;
  switch (body?.type) {
    case 'temporal.api.update.v1.Acceptance': {
      const { acceptedRequest, acceptedRequestMessageId, acceptedRequestSequencingEventId } = body.message;
      if (acceptedRequestSequencingEventId === undefined || acceptedRequestMessageId === undefined) {
        return 'invalid *update.Acceptance: it does not say which request it accepts';
      }
      return moveTo(check, { id, body: 'Acceptance', request: acceptedRequest, to: 'accepted' });
    }
    case 'temporal.api.update.v1.Rejection':
      return moveTo(check, { id, body: 'Rejection', request: body.message.rejectedRequest, to: 'rejected' });
    case 'temporal.api.update.v1.Response':
      if (body.message.meta?.updateId !== id) return `invalid *update.Response: meta.update_id != ${id}`;
      if (body.message.outcome === undefined) return 'invalid *update.Response: outcome is not set';
      return moveTo(check, { id, body: 'Response', request: undefined, to: 'completed' });
    case 'temporal.api.update.v1.Request':
    case undefined:
      return `Message type ${String(body?.type)} not supported`;
    default:
      return 'Message type not supported';
  }
}

interface Move {
  readonly id: string;
  readonly body: 'Acceptance' | 'Rejection' | 'Response';
  /** What the worker knows of an update that the server may have lost. */
  readonly request: UpdateRequest | undefined;
  readonly to: 'accepted' | 'rejected' | 'completed';
}

function moveTo(check: CommandCheck, { id, body, request, to }: Move): string | undefined {
  const lost: State | undefined = request === undefined ? undefined : 'admitted';
  const state = check.updates.get(id) ?? check.execution.updates.get(id)?.state ?? lost;
  if (state === undefined) {
    return `update ${id} wasn't found on the server. This is most likely a transient error which will be resolved automatically by retries`;
  }
  const fits = to === 'completed' ? state === 'accepted' : state === 'admitted' || state === 'sent';
  if (!fits) {
    return `invalid state transition attempted for Update ${id}: received *update.${body} message while in state ${state}`;
  }
  check.updates.set(id, to === 'accepted' ? 'accepted' : 'completed');
  return undefined;
}
