// Workflows for the tests with real workers, bundled together with those of the example.
import {
  condition,
  createNexusServiceClient,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  type NexusOperationCancellationType,
} from '@temporalio/workflow';
import { greetingService } from '../../examples/hello/api.ts';

export { composeGreeting, welcomeCustomer } from '../../examples/hello/workflows.ts';
export {
  callForSixtyDays,
  deliberate,
  sleepForDays,
  workForAnHour,
  workForASecond,
  workLocally,
} from './sdk-time-workflows.ts';
export { cancelChild, countDown, succeedAtThird, sum, sumInChild, waitForEver } from './sdk-run-workflows.ts';
export { counter, greetOnce } from './sdk-update-workflows.ts';

/** Calls one operation and returns what it returned. */
export async function callEcho(message: string, endpoint = 'greetings-endpoint'): Promise<string> {
  const greetings = createNexusServiceClient({ service: greetingService, endpoint });
  const result = await greetings.executeOperation('echo', { message });
  return result.message;
}

/** Waits an hour before it calls. */
export async function callTomorrow(message: string): Promise<string> {
  await sleep('1 hour');
  return callEcho(message);
}

/** Waits for a greeting until somebody cancels. */
export async function awaitGreeting(name: string): Promise<string> {
  const greetings = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });
  const { greeting } = await greetings.executeOperation('greet', { name, language: 'en' });
  return greeting;
}

/** The same, with what a cancellation means said by the caller. */
export async function awaitGreetingWith(cancellationType: NexusOperationCancellationType): Promise<string> {
  const greetings = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });
  const input = { name: 'Ada', language: 'en' } as const;
  const { greeting } = await greetings.executeOperation('greet', input, { cancellationType });
  return greeting;
}

/** The activities that the tests with real workers bring. */
export interface Activities {
  charge(amount: number): Promise<string>;
  waitForCancellation(): Promise<string>;
}

/** Charges with retries, after a pause that the worker's cache outlives. */
export async function chargeCard(amount: number): Promise<string> {
  const { charge } = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '10 seconds',
    retry: { initialInterval: '1 hour', maximumAttempts: 5 },
  });
  await sleep('1 second');
  return charge(amount);
}

/** An activity that is cancelled while a worker has it. */
export async function chargeUntilCancelled(): Promise<string> {
  const { waitForCancellation } = proxyActivities<Activities>({
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '1 second',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  return waitForCancellation();
}

/** Is woken by a number of signals, one workflow task after the other. */
export async function countSignals(expected: number): Promise<number> {
  let count = 0;
  setHandler(defineSignal('count'), () => void (count += 1));
  await condition(() => count >= expected);
  return count;
}
