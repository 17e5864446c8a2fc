// Workflows that are queried and updated, for the tests with real workers.
import {
  ApplicationFailure,
  condition,
  createNexusServiceClient,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { greetingService, type GreetInput, type GreetOutput } from '../../examples/hello/api.ts';

/** A counter that clients read and change until one of them ends it. */
export async function counter(from = 0): Promise<number> {
  let [count, ended] = [from, false];
  setHandler(defineQuery('count'), () => count);
  setHandler(defineQuery('broken'), () => {
    throw new Error('cannot say');
  });
  setHandler(defineSignal<[number]>('set'), (value) => {
    count = value;
  });
  setHandler(defineSignal('end'), () => {
    ended = true;
  });
  setHandler(
    defineUpdate<number, [number]>('add'),
    (amount) => {
      count += amount;
      return count;
    },
    {
      validator: (amount) => {
        if (amount < 0) throw ApplicationFailure.create({ message: 'the counter only grows' });
      },
    },
  );
  setHandler(defineUpdate<number, [number]>('addLater'), async (amount) => {
    await sleep('1 hour');
    count += amount;
    return count;
  });
  setHandler(defineUpdate<string, [string]>('echo'), async (message) => {
    const client = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });
    return (await client.executeOperation('echo', { message })).message;
  });
  setHandler(defineUpdate<GreetOutput, [GreetInput]>('greet'), async ({ name }) => {
    if (name === '') throw ApplicationFailure.create({ message: 'nobody to greet' });
    await sleep('1 hour');
    count += 1;
    return { greeting: `${name} is number ${count}` };
  });
  setHandler(defineUpdate('fail'), () => {
    throw ApplicationFailure.create({ message: 'cannot do that' });
  });
  await condition(() => ended);
  return count;
}

/** Asks for one greeting. */
export async function greetOnce(input: GreetInput): Promise<string> {
  const client = createNexusServiceClient({ service: greetingService, endpoint: 'greetings-endpoint' });
  return (await client.executeOperation('greet', input)).greeting;
}
