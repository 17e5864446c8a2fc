/** The commands by which the steps of a script ask for something. */
import { assertNever } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Command } from '../protocol/temporal/command.ts';
import type { Payloads } from '../protocol/temporal/common.ts';
import type { ContinueAsNewAttributes, ParentClosePolicy } from '../protocol/temporal/run-command.ts';
import { jsonPayload } from '../protocol/temporal/payload.ts';
import type { Cell } from './command-log.ts';
import type { ActivityStep, CallStep, ChildStep, ContinueStep, RequestStep, SignalStep } from './step.ts';
import { fill, fillText, type Dynamic } from './template.ts';
import type { Scope } from './expression.ts';
import { optionFields } from './workflow-options.ts';

/** What a run was started as; a run that follows it is the same. */
export type RunIdentity = Pick<ContinueAsNewAttributes, 'workflowType' | 'taskQueue'>;

/** The command of a step. Refused when a value is too large, or an id comes out empty. */
export function requestCommand(step: RequestStep, path: string, scope: Scope): Result<Command, string> {
  switch (step.kind) {
    case 'call':
      return scheduleOperation(step, scope);
    case 'activity':
      return scheduleActivity(step, path, scope);
    case 'child':
      return startChild(step, scope);
    case 'signal':
      return signalWorkflow(step, scope);
    default:
      return assertNever(step);
  }
}

/** Asks what a step asked for to stop; `undefined` where nothing can be stopped any more. */
export function cancelCommand({ eventId, request, workflowId = '' }: Cell): Command | undefined {
  if (eventId === undefined || request === undefined) return undefined;
  switch (request.kind) {
    case 'call':
      return {
        commandType: 'REQUEST_CANCEL_NEXUS_OPERATION',
        attributes: { scheduledEventId: eventId },
      };
    case 'activity':
      return { commandType: 'REQUEST_CANCEL_ACTIVITY_TASK', attributes: { scheduledEventId: eventId } };
    case 'child':
      return {
        commandType: 'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION',
        attributes: { workflowId, childWorkflowOnly: true },
      };
    case 'signal':
      return undefined;
    default:
      return assertNever(request);
  }
}

export function continueCommand(
  { continueAsNew }: ContinueStep,
  identity: RunIdentity,
  scope: Scope,
): Result<Command, string> {
  const input = inputOf(continueAsNew, scope);
  if (!input.ok) return input;
  return ok({
    commandType: 'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
    attributes: { ...identity, ...input.value },
  });
}

function scheduleOperation(step: CallStep, scope: Scope): Result<Command, string> {
  const { call, scheduleToClose, scheduleToStart, startToClose } = step;
  const input = inputOf(step.input, scope);
  if (!input.ok) return input;
  const nexusHeader = headerOf(step.header ?? [], scope);
  if (!nexusHeader.ok) return nexusHeader;
  const [payload] = input.value.input?.payloads ?? [];
  return ok({
    commandType: 'SCHEDULE_NEXUS_OPERATION',
    attributes: {
      endpoint: call.endpoint.value,
      service: call.service,
      operation: call.operation,
      ...(payload !== undefined && { input: payload }),
      ...(step.header !== undefined && { nexusHeader: nexusHeader.value }),
      ...(scheduleToClose !== undefined && { scheduleToCloseTimeout: scheduleToClose }),
      ...(scheduleToStart !== undefined && { scheduleToStartTimeout: scheduleToStart }),
      ...(startToClose !== undefined && { startToCloseTimeout: startToClose }),
    },
  });
}

function headerOf(
  header: NonNullable<CallStep['header']>,
  scope: Scope,
): Result<Readonly<Record<string, string>>, string> {
  const filled: [string, string][] = [];
  for (const { name, value } of header) {
    if (value === undefined) continue;
    const text = fillText(value.template, scope);
    if (!text.ok) return text;
    filled.push([name.value, text.value]);
  }
  return ok(Object.fromEntries(filled));
}

function scheduleActivity(step: ActivityStep, path: string, scope: Scope): Result<Command, string> {
  const { activity, taskQueue, retryPolicy, heartbeatTimeout } = step;
  const { scheduleToClose, scheduleToStart, startToClose } = step;
  const input = inputOf(step.input, scope);
  if (!input.ok) return input;
  return ok({
    commandType: 'SCHEDULE_ACTIVITY_TASK',
    attributes: {
      activityId: path,
      activityType: { name: activity.value },
      ...(taskQueue !== undefined && { taskQueue: { name: taskQueue.value, kind: 'NORMAL' } }),
      ...input.value,
      ...(scheduleToClose !== undefined && { scheduleToCloseTimeout: scheduleToClose }),
      ...(scheduleToStart !== undefined && { scheduleToStartTimeout: scheduleToStart }),
      ...(startToClose !== undefined && { startToCloseTimeout: startToClose }),
      ...(heartbeatTimeout !== undefined && { heartbeatTimeout }),
      ...(retryPolicy !== undefined && { retryPolicy }),
    },
  });
}

function startChild(step: ChildStep, scope: Scope): Result<Command, string> {
  const { child, id, taskQueue, parentClosePolicy } = step;
  const input = inputOf(step.input, scope);
  if (!input.ok) return input;
  const workflowId = idOf(id, scope);
  if (!workflowId.ok) return workflowId;
  return ok({
    commandType: 'START_CHILD_WORKFLOW_EXECUTION',
    attributes: {
      workflowId: workflowId.value,
      workflowType: { name: child.value },
      ...(taskQueue !== undefined && { taskQueue: { name: taskQueue.value, kind: 'NORMAL' } }),
      ...input.value,
      ...(parentClosePolicy !== undefined && { parentClosePolicy: closePolicyOf[parentClosePolicy] }),
      ...optionFields(step),
    },
  });
}

const closePolicyOf = {
  terminate: 'TERMINATE',
  abandon: 'ABANDON',
  'request-cancel': 'REQUEST_CANCEL',
} as const satisfies Record<NonNullable<ChildStep['parentClosePolicy']>, ParentClosePolicy>;

function signalWorkflow(step: SignalStep, scope: Scope): Result<Command, string> {
  const input = inputOf(step.input, scope);
  if (!input.ok) return input;
  const workflowId = idOf(step.workflowId, scope);
  if (!workflowId.ok) return workflowId;
  return ok({
    commandType: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION',
    attributes: {
      execution: { workflowId: workflowId.value },
      signalName: step.signal,
      ...input.value,
    },
  });
}

function idOf(dynamic: Dynamic, scope: Scope): Result<string, string> {
  const id = fillText(dynamic.template, scope);
  return id.ok && id.value === '' ? err('The workflow id comes out empty.') : id;
}

function inputOf(dynamic: Dynamic | undefined, scope: Scope): Result<{ readonly input?: Payloads }, string> {
  if (dynamic === undefined) return ok({});
  const value = fill(dynamic.template, scope);
  return value.ok ? ok({ input: { payloads: [jsonPayload(value.value)] } }) : value;
}
