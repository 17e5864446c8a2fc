import { createNexusServiceClient } from '@temporalio/workflow';
import { greetingService } from '../../examples/hello/api.ts';

/** Calls one operation after the other, through the endpoints in turn. */
export async function callEchoAgainAndAgain(endpoints: readonly string[], calls: number): Promise<void> {
  const clients = endpoints.map((endpoint) =>
    createNexusServiceClient({ service: greetingService, endpoint }),
  );
  for (let call = 0; call < calls; call++) {
    await clients[call % clients.length]?.executeOperation('echo', { message: 'Ada' });
  }
}
