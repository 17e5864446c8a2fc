import type { Expression } from '../../expression.ts';

/** What a call means to the Nexus SDK. */
export type CallForm =
  | 'service'
  | 'operation'
  | 'handler-set'
  | 'workflow-client'
  | 'standalone-client'
  | 'worker'
  | 'operation-call'
  | 'require'
  | 'other';

/** What a class of the SDK makes of an operation's handler. */
export type HandlerClass = 'workflow-run' | 'temporal';

/** The form of a call, from what its callee turned out to be; never from the spelling of a namespace. */
export function callFormOf(callee: Expression): CallForm {
  if (callee.kind === 'import') return importedForms.get(`${callee.module}#${callee.name}`) ?? 'other';
  if (callee.kind === 'name') return callee.name === 'require' ? 'require' : 'other';
  if (callee.kind !== 'member') return 'other';
  const { of, name } = callee;
  if (
    name === 'create' &&
    of.kind === 'import' &&
    of.module === '@temporalio/worker' &&
    of.name === 'Worker'
  ) {
    return 'worker';
  }
  if (name === 'createServiceClient' && of.kind === 'member' && of.name === 'nexus')
    return 'standalone-client';
  if (name === 'executeOperation' || name === 'startOperation') return 'operation-call';
  return 'other';
}

/** The kind of operation handler that `new callee(…)` makes, if the SDK defines it. */
export function handlerClassOf(callee: Expression): HandlerClass | undefined {
  if (callee.kind !== 'import' || callee.module !== '@temporalio/nexus') return undefined;
  return handlerClasses.get(callee.name);
}

/** Whether a call inside a handler starts the workflow behind it, and which argument names the workflow. */
export function workflowArgumentOf(callee: Expression): number | undefined {
  const starts = (name: string): boolean => name === 'startWorkflow' || name === 'signalWithStartWorkflow';
  if (callee.kind === 'import' && callee.module === '@temporalio/nexus' && starts(callee.name)) return 1;
  if (callee.kind === 'member' && starts(callee.name)) return 0;
  return undefined;
}

const importedForms: ReadonlyMap<string, CallForm> = new Map<string, CallForm>([
  ['nexus-rpc#service', 'service'],
  ['nexus-rpc#operation', 'operation'],
  ['nexus-rpc#serviceHandler', 'handler-set'],
  ['@temporalio/workflow#createNexusServiceClient', 'workflow-client'],
]);

const handlerClasses: ReadonlyMap<string, HandlerClass> = new Map<string, HandlerClass>([
  ['WorkflowRunOperationHandler', 'workflow-run'],
  ['TemporalOperationHandler', 'temporal'],
]);
