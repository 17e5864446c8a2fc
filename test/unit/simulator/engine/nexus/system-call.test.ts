import { expect, test } from 'vitest';
import { encodeText } from '../../../../../simulator/base/base64.ts';
import { systemRequest } from '../../../../../simulator/engine/nexus/system-call.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';
import { SYSTEM_PAYLOAD } from '../../../../../simulator/protocol/temporal/system-endpoint.ts';

const limits = limitsOf('server', { signalWithStartFromWorkflow: true });
const service = 'temporal.api.workflowservice.v1.WorkflowService';
const operation = 'SignalWithStartWorkflowExecution';
const least = {
  workflowId: 'reminder-1',
  workflowType: { name: 'Reminder' },
  taskQueue: { name: 'reminders' },
  signalName: 'remind',
};

const ask = (text: string) =>
  systemRequest(limits, 'orders', {
    service,
    operation,
    input: {
      metadata: { encoding: encodeText('json/protobuf'), [SYSTEM_PAYLOAD]: encodeText('true') },
      data: encodeText(text),
    },
  });

test('protobuf’s JSON form becomes a request as the port takes it, defaults left out', () => {
  const sent = {
    ...least,
    identity: '',
    taskQueue: { name: 'reminders', kind: 'TASK_QUEUE_KIND_NORMAL' },
    workflowRunTimeout: '1.5s',
    workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED',
    workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING',
    signalInput: { payloads: [{ data: 'e30=' }] },
    retryPolicy: { initialInterval: '2s', backoffCoefficient: 1.5, maximumAttempts: 3 },
  };
  expect(ask(JSON.stringify(sent))).toEqual({
    ok: true,
    value: {
      ...least,
      namespace: 'orders',
      taskQueue: { name: 'reminders', kind: 'NORMAL' },
      workflowRunTimeout: 1_500,
      workflowIdConflictPolicy: 'USE_EXISTING',
      signalInput: { payloads: [{ data: 'e30=' }] },
      retryPolicy: { initialInterval: 2_000, backoffCoefficient: 1.5, maximumAttempts: 3 },
    },
  });
});

test.each(['', 'null', '[]', '{', '{"workflowId":7}', '{"__proto__":{"workflowId":"a"}}'])(
  '%j is refused in a sentence',
  (text) => {
    expect(ask(text).ok).toBe(false);
  },
);

test('without input there is nothing to read', () => {
  expect(systemRequest(limits, 'orders', { service, operation }).ok).toBe(false);
});
