import { lowerKeys } from '../../../protocol/nexus.ts';
import { byteLength, encodeText, utf8Length } from '../../../base/base64.ts';
import type { ScheduleNexusOperationAttributes } from '../../../protocol/temporal/command.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { SYSTEM_ENDPOINT } from '../../../protocol/temporal/system-endpoint.ts';
import { boundTimeouts, setTimeoutOf, within } from '../../nexus/bound-timeouts.ts';
import { headerFault } from '../../nexus/header-rule.ts';
import { scheduleOperation } from '../../nexus/operation.ts';
import { systemRequest } from '../../nexus/system-call.ts';
import { endpointByName } from '../../registry/endpoints.ts';
import type { Execution, OperationTimeouts } from '../../state.ts';
import { refuseCommand, type CommandCheck, type CommandHandler, type CommandRefusal } from './command.ts';

const bad = (message: string): CommandRefusal =>
  refuseCommand('BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES', message);

export const scheduleNexusOperation: CommandHandler<'SCHEDULE_NEXUS_OPERATION'> = {
  check(check, attributes) {
    const problem =
      endpointProblem(check, attributes) ??
      nameProblem(attributes, check.limits) ??
      timeoutProblem(attributes) ??
      inputProblem(attributes, check.limits) ??
      headerProblem(attributes, check.limits) ??
      limitProblem(check);
    check.scheduledOperations.add(check.eventId);
    return problem;
  },
  apply(turn, execution, { attributes, userMetadata, workflowTaskCompletedEventId }) {
    const { endpoint = '', service = '', operation = '', input, nexusHeader } = attributes;
    const header = lowerKeys(nexusHeader ?? {});
    const scheduled = scheduleOperation(turn, execution, {
      eventType: 'NEXUS_OPERATION_SCHEDULED',
      attributes: {
        endpoint,
        endpointId: endpointByName(turn.state, endpoint)?.id ?? '',
        service,
        operation,
        ...(input !== undefined && { input }),
        ...trimmedTimeouts(attributes, execution, turn.limits),
        ...(Object.keys(header).length > 0 && { nexusHeader: header }),
        workflowTaskCompletedEventId,
        requestId: turn.state.random.ids.uuid(),
      },
      ...(userMetadata !== undefined && { userMetadata }),
    });
    const { scheduledEventId } = scheduled.ref;
    turn.transfers.push({ kind: 'start-operation', run: execution.ref.runId, operation: scheduledEventId });
  },
};

function endpointProblem(
  check: CommandCheck,
  attributes: ScheduleNexusOperationAttributes,
): CommandRefusal | undefined {
  const { endpoint = '' } = attributes;
  if (endpoint === SYSTEM_ENDPOINT) return systemProblem(check, attributes);
  if (endpointByName(check.state, endpoint) === undefined) return bad(`endpoint "${endpoint}" not found`);
  const { namespace } = check.execution.ref;
  return check.state.allowedCallers.get(endpoint)?.has(namespace) === false
    ? bad(`caller namespace "${namespace}" unauthorized for "${endpoint}"`)
    : undefined;
}

/** Semantics §8.5, row 2a. */
function systemProblem(
  check: CommandCheck,
  { service = '', operation = '', input, nexusHeader = {} }: ScheduleNexusOperationAttributes,
): CommandRefusal | undefined {
  if (Object.keys(nexusHeader).length > 0) {
    return bad(
      `ScheduleNexusOperationCommandAttributes.NexusHeader must be empty when using ${SYSTEM_ENDPOINT} endpoint`,
    );
  }
  const call = { service, operation, ...(input !== undefined && { input }) };
  const request = systemRequest(check.limits, check.execution.ref.namespace, call);
  return request.ok ? undefined : bad(request.error);
}

function nameProblem(
  { service = '', operation = '' }: ScheduleNexusOperationAttributes,
  limits: Limits,
): CommandRefusal | undefined {
  if (utf8Length(service) > limits.serviceNameBytesMax) {
    return bad(
      `ScheduleNexusOperationCommandAttributes.Service exceeds length limit of ${limits.serviceNameBytesMax}`,
    );
  }
  if (utf8Length(operation) > limits.operationNameBytesMax) {
    return bad(
      `ScheduleNexusOperationCommandAttributes.Operation exceeds length limit of ${limits.operationNameBytesMax}`,
    );
  }
  return undefined;
}

function timeoutProblem(attributes: ScheduleNexusOperationAttributes): CommandRefusal | undefined {
  const timeouts = [
    ['ScheduleToCloseTimeout', attributes.scheduleToCloseTimeout],
    ['ScheduleToStartTimeout', attributes.scheduleToStartTimeout],
    ['StartToCloseTimeout', attributes.startToCloseTimeout],
  ] as const;
  const negative = timeouts.find(([, timeout]) => timeout !== undefined && timeout < 0);
  return (
    negative && bad(`ScheduleNexusOperationCommandAttributes.${negative[0]} is invalid: negative duration`)
  );
}

function inputProblem(
  { endpoint, input }: ScheduleNexusOperationAttributes,
  limits: Limits,
): CommandRefusal | undefined {
  if (endpoint === SYSTEM_ENDPOINT) return undefined;
  if (byteLength(input?.data ?? encodeText('')) <= limits.payloadBytesMax) return undefined;
  return {
    ...bad('ScheduleNexusOperationCommandAttributes.Input exceeds size limit'),
    terminates: true,
  };
}

function headerProblem(
  { nexusHeader = {} }: ScheduleNexusOperationAttributes,
  limits: Limits,
): CommandRefusal | undefined {
  const fault = headerFault(nexusHeader, limits);
  if (fault === undefined) return undefined;
  return bad(
    fault === 'too-large'
      ? 'ScheduleNexusOperationCommandAttributes.NexusHeader exceeds size limit'
      : `ScheduleNexusOperationCommandAttributes.NexusHeader contains a disallowed header key: "${fault.disallowed}"`,
  );
}

function limitProblem(check: CommandCheck): CommandRefusal | undefined {
  const max = check.limits.pendingOperationsMax;
  const pending = check.execution.operations.size + check.scheduledOperations.size;
  return pending < max
    ? undefined
    : refuseCommand(
        'PENDING_NEXUS_OPERATIONS_LIMIT_EXCEEDED',
        `workflow has reached the pending nexus operation limit of ${max} for this namespace`,
      );
}

/** Semantics §2.1: schedule-to-close within the run timeout and the cap, the other two within schedule-to-close. */
function trimmedTimeouts(
  attributes: ScheduleNexusOperationAttributes,
  execution: Execution,
  limits: Limits,
): OperationTimeouts {
  const runTimeout = setTimeoutOf(execution.runTimeout);
  const asked = within(setTimeoutOf(attributes.scheduleToCloseTimeout) ?? runTimeout, runTimeout);
  return boundTimeouts(attributes, within(asked, setTimeoutOf(limits.scheduleToCloseMax)));
}
