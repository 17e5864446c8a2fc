// Workflows that take their time, for the tests of time with real workers.
import { createNexusServiceClient, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import { greetingService } from '../../examples/hello/api.ts';

/** Sleeps for so many days. */
export async function sleepForDays(days: number): Promise<string> {
  await sleep(`${String(days)} days`);
  return `slept ${String(days)} days`;
}

/** What an operation of sixty days does. */
export async function deliberate(): Promise<{ greeting: string }> {
  await sleep('60 days');
  return { greeting: 'after long thought' };
}

/** Calls it. */
export async function callForSixtyDays(): Promise<string> {
  const greetings = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });
  const { greeting } = await greetings.executeOperation('greet', { name: 'Ada', language: 'en' });
  return greeting;
}

/** The activities that the tests of time bring. */
export interface SlowActivities {
  work(): Promise<string>;
}

/** Does a local activity whose retries are an hour apart. */
export async function workLocally(): Promise<string> {
  const { work } = proxyLocalActivities<SlowActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '1 hour', backoffCoefficient: 1 },
  });
  return work();
}

/** Does an activity that may take a second. */
export async function workForASecond(): Promise<string> {
  const { work } = proxyActivities<SlowActivities>({
    startToCloseTimeout: '1 second',
    retry: { maximumAttempts: 1 },
  });
  return work();
}

/** Does an activity that may take an hour, and has another when that is over. */
export async function workForAnHour(): Promise<string> {
  const { work } = proxyActivities<SlowActivities>({ startToCloseTimeout: '1 hour' });
  return work();
}
