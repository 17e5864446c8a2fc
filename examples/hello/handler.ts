/** The handler's side: how the operations of the contract are carried out. */
import * as nexus from 'nexus-rpc';
import { startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import {
  greetingService,
  type EchoInput,
  type EchoOutput,
  type GreetInput,
  type GreetOutput,
} from './api.ts';
import { composeGreeting } from './workflows.ts';

export const greetingServiceHandler = nexus.serviceHandler(greetingService, {
  /** Synchronous: the return value is the result. It has to be there within ten seconds. */
  echo: (_ctx, input: EchoInput): Promise<EchoOutput> => Promise.resolve({ message: input.message }),

  /** Asynchronous: the caller gets a token now, and the workflow's result once there is one. */
  greet: new WorkflowRunOperationHandler<GreetInput, GreetOutput>((ctx, input) =>
    startWorkflow(ctx, composeGreeting, {
      args: [input],
      // The start call may be repeated. Its request id stays the same, and with it the workflow.
      workflowId: `greet-${ctx.requestId}`,
    }),
  ),
});
