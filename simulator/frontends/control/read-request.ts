import type { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import { requests, rpcErrors, type ParamsOf, type RequestMethod } from '../../protocol/contract.ts';

export type RequestId = string | number;

/** A request of the contract, read and checked. Without an id nobody waits for the answer. */
export type ContractRequest = {
  readonly [M in RequestMethod]: {
    readonly jsonrpc: '2.0';
    readonly id: RequestId | undefined;
    readonly method: M;
    readonly params: ParamsOf<M>;
  };
}[RequestMethod];

export interface RpcError {
  /** Absent when the message has none that could be understood. */
  readonly id: RequestId | undefined;
  readonly code: number;
  /** One sentence: what is wrong and what was expected. */
  readonly message: string;
}

/** Reads one message of a client. */
export function readRequest(text: string): Result<ContractRequest, RpcError> {
  const parsed = parseJson(text);
  if (parsed === undefined) {
    return err(
      problem(undefined, 'parseError', 'The message is not JSON. Send one JSON-RPC 2.0 request per message.'),
    );
  }
  if (Array.isArray(parsed.value)) {
    return err(
      problem(undefined, 'invalidRequest', 'Batches are not supported. Send one request per message.'),
    );
  }
  const envelope = parsed.value as Record<string, unknown> | null;
  if (typeof envelope !== 'object' || envelope === null)
    return err(notARequest(undefined, 'it is not an object'));
  const { id, method, params } = envelope;
  if (!isId(id)) return err(notARequest(undefined, 'its id is neither text nor a number'));
  if (envelope['jsonrpc'] !== '2.0') return err(notARequest(id, 'its "jsonrpc" is not "2.0"'));
  if (typeof method !== 'string') return err(notARequest(id, 'its method is not text'));
  if (!isMethod(method)) {
    const known = Object.keys(requests).join(', ');
    return err(problem(id, 'methodNotFound', `There is no method "${method}". There are ${known}.`));
  }
  const checked = requests[method].params.safeParse(params ?? {});
  if (!checked.success) {
    return err(problem(id, 'invalidParams', `${method}: ${describe(checked.error)}`));
  }
  // The schema of this very method has just accepted the parameters.
  return ok({ jsonrpc: '2.0', id, method, params: checked.data } as ContractRequest);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const isId = (id: unknown): id is RequestId | undefined =>
  id === undefined || typeof id === 'string' || typeof id === 'number';

const isMethod = (method: string): method is RequestMethod => Object.hasOwn(requests, method);

const problem = (id: RequestId | undefined, code: keyof typeof rpcErrors, message: string): RpcError => ({
  id,
  code: rpcErrors[code],
  message,
});

const notARequest = (id: RequestId | undefined, why: string): RpcError =>
  problem(id, 'invalidRequest', `The message is not a JSON-RPC 2.0 request: ${why}.`);

function describe({ issues }: z.ZodError): string {
  const [first] = issues;
  if (first === undefined) return 'the parameters are wrong.';
  const path = ['params', ...first.path.map(String)].join('.');
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${path}: ${first.message}${more}.`;
}
