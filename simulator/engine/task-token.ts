import { decodeText } from '../base/base64.ts';
import type { RequestOf, TemporalMethod } from '../protocol/temporal/methods.ts';
import { namespaceNotFound } from './registry/namespaces.ts';
import { refuse, type Turn } from './turn.ts';

/** Methods that answer for a task, named by the token that its poll gave. */
const answering: ReadonlySet<TemporalMethod> = new Set([
  'respondWorkflowTaskCompleted',
  'respondWorkflowTaskFailed',
  'respondActivityTaskCompleted',
  'respondActivityTaskFailed',
  'respondActivityTaskCanceled',
  'recordActivityTaskHeartbeat',
  'respondQueryTaskCompleted',
  'respondNexusTaskCompleted',
  'respondNexusTaskFailed',
]);

const form = /^[a-z-]+\/\d+$/;

/**
 * Refuses an answer with what no poll can have given, before anybody looks for its task, as the server's frontend
 * does. A request may leave its namespace out: the token stands for it.
 */
export function tokenRefusal(
  turn: Turn,
  method: TemporalMethod,
  request: RequestOf<TemporalMethod>,
): ReturnType<typeof refuse> | undefined {
  if (!answering.has(method)) return undefined;
  // The methods above have these fields in common.
  const { namespace = '', taskToken = '' } = request as RequestOf<'respondNexusTaskCompleted'>;
  if (namespace !== '' && !turn.state.namespaces.has(namespace)) return namespaceNotFound(namespace);
  if (taskToken === '') return refuse('INVALID_ARGUMENT', 'Task token not set on request.');
  return form.test(decodeText(taskToken) ?? '')
    ? undefined
    : refuse('INVALID_ARGUMENT', 'Error deserializing task token.');
}
