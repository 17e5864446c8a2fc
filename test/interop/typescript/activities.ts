// The activities of callers.
import { activityInfo, getClient } from '@temporalio/activity';
import { jobDesk, type Answer, type Job } from './contract.ts';

/** Fails the first time, and tells which attempt it is after that. */
export function attempt(): Promise<number> {
  const { attempt } = activityInfo();
  if (attempt === 1) throw new Error('not yet');
  return Promise.resolve(attempt);
}

/** Has `work` done without a workflow around the call. */
export function alone(endpoint: string, job: Job): Promise<Answer> {
  const desk = getClient().nexus.createServiceClient({ endpoint, service: jobDesk });
  return desk.executeOperation('work', job, { id: job.id });
}
