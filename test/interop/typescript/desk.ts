// The desk: how each operation of the contract is carried out.
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  getClient,
  startWorkflow,
  TemporalOperationHandler,
  WorkflowRunOperationHandler,
} from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import { jobDesk, type Answer, type Job } from './contract.ts';
import { relay, shared, work } from './workflows.ts';

const answer = (text: string, attempt = 0): Answer => ({ text, language: 'typescript', attempt });

const attempts = new Map<string, number>();

export const desk = nexus.serviceHandler(jobDesk, {
  echo: (_ctx, { text }) => Promise.resolve(answer(text)),

  work: new WorkflowRunOperationHandler<Job, Answer>((ctx, job) =>
    startWorkflow(ctx, work, { args: [job], workflowId: job.id }),
  ),

  refuse: (_ctx, { id, refusal, times }) => {
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    if (attempt <= times) throw refusalOf(refusal);
    return Promise.resolve(answer('accepted', attempt));
  },

  join: new WorkflowRunOperationHandler<Job, Answer>((ctx, job) =>
    startWorkflow(ctx, shared, {
      args: [job],
      workflowId: job.id,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  ),

  release: async (_ctx, { id, text }) => {
    await getClient().workflow.getHandle(id).signal('release', text);
    return answer('released');
  },

  ask: async (_ctx, { id }) => answer(await getClient().workflow.getHandle(id).query<string>('text')),

  adjust: async (_ctx, job) => {
    const { text } = await getClient()
      .workflow.getHandle(job.id)
      .executeUpdate<Answer, [Job]>('revise', { args: [job] });
    return answer(text);
  },

  revise: new TemporalOperationHandler<Job, Answer>({
    start: (_ctx, client, job) =>
      client.getWorkflowHandle(job.id).update<Answer, [Job]>('revise', { args: [job] }),
  }),

  relay: new WorkflowRunOperationHandler<Job, Answer>((ctx, job) =>
    startWorkflow(ctx, relay, { args: [job], workflowId: `relay-${ctx.requestId}` }),
  ),
});

function refusalOf(refusal: string): Error {
  switch (refusal) {
    case 'plain':
      return new Error('refused');
    case 'application':
      return ApplicationFailure.nonRetryable('refused', 'Refusal');
    case 'failed':
    case 'canceled':
      return new nexus.OperationError(refusal, 'refused');
    default:
      return new nexus.HandlerError(refusal as nexus.HandlerErrorType, 'refused');
  }
}
