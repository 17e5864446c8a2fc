// Workflows for the tests with real workers, bundled together with those of the example.
import { createNexusServiceClient, sleep } from '@temporalio/workflow';
import { greetingService } from '../../examples/hello/api.ts';

export { composeGreeting, welcomeCustomer } from '../../examples/hello/workflows.ts';

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
