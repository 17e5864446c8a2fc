import { expect, test } from 'vitest';
import { Attendance } from '../../../../simulator/world/attendance.ts';
import { parseWorld } from '../../../../simulator/world/parse.ts';

const attendance = (): Attendance =>
  new Attendance(
    parseWorld(`
nexus: 1
namespaces: [shop, bank]
endpoints: { pay: { target: { namespace: bank, taskQueue: charges } } }
workers:
  teller: { namespace: bank, taskQueue: charges, external: true }
  clerk: { namespace: shop, taskQueue: shop, external: true }
  idle: { namespace: shop, taskQueue: other, external: true }
  script: { namespace: bank, taskQueue: more, operations: { S.op: { reply: 1 } } }
start: [{ workflow: Buy, id: b, namespace: shop, taskQueue: shop }]
`).value,
  );

const queue = (namespace: string, name: string): { namespace: string; taskQueue: { name: string } } => ({
  namespace,
  taskQueue: { name },
});

test('each real worker is waited for until it polls for what the world needs of it', () => {
  const present = attendance();
  expect(present.missing).toEqual(['teller', 'clerk', 'idle']);
  const poll = (
    method: 'pollNexusTaskQueue' | 'pollWorkflowTaskQueue',
    namespace: string,
    name: string,
  ): unknown => [present.note(method, queue(namespace, name)), present.missing];
  expect(poll('pollWorkflowTaskQueue', 'bank', 'charges')).toEqual([false, ['teller', 'clerk', 'idle']]);
  expect(poll('pollNexusTaskQueue', 'shop', 'charges')).toEqual([false, ['teller', 'clerk', 'idle']]);
  expect(poll('pollNexusTaskQueue', 'bank', 'charges')).toEqual([false, ['clerk', 'idle']]);
  expect(poll('pollNexusTaskQueue', 'shop', 'other')).toEqual([false, ['clerk']]);
  expect(present.isComplete).toBe(false);
  expect(poll('pollWorkflowTaskQueue', 'shop', 'shop')).toEqual([true, []]);
  expect(poll('pollWorkflowTaskQueue', 'shop', 'shop')).toEqual([false, []]);
  expect(present.isComplete).toBe(true);
});

test('calls other than polls say nothing', () => {
  expect(attendance().note('registerNamespace', { namespace: 'shop' })).toBe(false);
});
