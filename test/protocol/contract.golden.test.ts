import { expect, test } from 'vitest';
import * as z from 'zod';
import { notifications, protocolVersion, requests, rpcErrors } from '../../simulator/protocol/contract.ts';

/**
 * The control contract as text. Whoever changes the wire changes this file, and a reviewer sees it: what is added
 * may stay below the same version, anything else raises `protocolVersion`.
 */
test('the control contract is the one that clients know', async () => {
  const schema = (type: z.ZodType): string => JSON.stringify(z.toJSONSchema(type, { io: 'input' }), null, 2);
  const text = [
    `protocolVersion ${protocolVersion}`,
    `errors ${JSON.stringify(rpcErrors)}`,
    ...Object.entries(requests).map(
      ([method, { params, result }]) =>
        `request ${method}\nparams ${schema(params)}\nresult ${schema(result)}`,
    ),
    ...Object.entries(notifications).map(
      ([method, params]) => `notification ${method}\nparams ${schema(params)}`,
    ),
  ].join('\n\n');
  await expect(`${text}\n`).toMatchFileSnapshot('../goldens/control-contract.txt');
});
