/** The workflows of both sides. Each runs on its own task queue in its own namespace; see worker.ts. */
import { createNexusServiceClient, sleep } from '@temporalio/workflow';
import { greetingService, type GreetInput, type GreetOutput, type Language } from './api.ts';

/** Caller, in namespace `storefront`: welcomes a customer with the help of another team's service. */
export async function welcomeCustomer(name: string): Promise<string> {
  const greetings = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });

  // Nobody likes to be greeted at the door. The simulator does not wait for this minute; its clock jumps.
  await sleep('1 minute');

  const { message } = await greetings.executeOperation('echo', { message: name });
  const { greeting } = await greetings.executeOperation(
    'greet',
    { name: message, language: 'en' },
    { scheduleToCloseTimeout: '1 hour' },
  );
  return greeting;
}

const hello = { en: 'Hello', de: 'Hallo', fr: 'Bonjour' } as const satisfies Record<Language, string>;

/** Handler, in namespace `greetings`: what the operation `greet` runs. */
export async function composeGreeting({ name, language }: GreetInput): Promise<GreetOutput> {
  await sleep('5 seconds');
  return { greeting: `${hello[language]}, ${name}!` };
}
