import { applyMessage } from '../../update.ts';
import { messageProblem } from '../../update/message-check.ts';
import { refuseCommand, type CommandHandler } from './command.ts';

/** The message that it names, put beside it before commands are checked. */
export const protocolMessage: CommandHandler<'PROTOCOL_MESSAGE'> = {
  check(check, { messageId = '', message }) {
    const problem =
      message === undefined
        ? `ProtocolMessageCommand referenced absent message ID ${messageId}`
        : messageProblem(check, message);
    return problem === undefined
      ? undefined
      : refuseCommand('BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE', problem);
  },
  apply(turn, execution, { attributes }) {
    if (attributes.message !== undefined) applyMessage(turn, execution, attributes.message);
  },
};
