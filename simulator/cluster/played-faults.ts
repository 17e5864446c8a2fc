import { ok } from '../base/result.ts';
import type { AttemptFault, FaultRule } from '../protocol/fault.ts';
import type { NexusTask } from '../protocol/temporal/methods.ts';
import type { HandlerError, NexusRequest } from '../protocol/temporal/nexus.ts';
import type { Failure } from '../protocol/temporal/failure.ts';
import type { RequestOf } from '../protocol/temporal/methods.ts';
import type { CallOptions, Reply, TemporalPort } from '../protocol/temporal/port.ts';
import { intercept } from './intercept.ts';

/**
 * Attempts that fail on purpose, on a server that knows of no such thing: they fail at the door of the world's own
 * workers, which then never see them. The server cannot tell that from a worker that fails.
 */
export class PlayedFaults {
  readonly #rules: AttemptFault[] = [];
  readonly #counts = new Map<string, number>();

  add(rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.filter((rule) => rule.kind === 'attempt'));
  }

  over(port: TemporalPort): TemporalPort {
    return intercept(port, {
      pollNexusTaskQueue: (request, options) => this.#poll(port, request, options),
    });
  }

  async #poll(
    port: TemporalPort,
    request: RequestOf<'pollNexusTaskQueue'>,
    options: CallOptions | undefined,
  ): Promise<Reply<'pollNexusTaskQueue'>> {
    for (;;) {
      const reply = await port.call('pollNexusTaskQueue', request, options);
      if (!reply.ok) return reply;
      const fault = this.#faultOf(reply.value);
      if (fault === undefined) return reply;
      const { namespace, identity } = request;
      await port.call('respondNexusTaskFailed', {
        ...(namespace !== undefined && { namespace }),
        ...(identity !== undefined && { identity }),
        taskToken: reply.value.taskToken ?? '',
        ...failing(fault.fail, reply.value.request ?? {}),
      });
      if (options?.signal?.cancelled === true) return ok({});
    }
  }

  #faultOf({ request }: NexusTask): AttemptFault | undefined {
    const { startOperation, endpoint } = request ?? {};
    if (startOperation === undefined) return undefined;
    const { requestId = '', service, operation } = startOperation;
    const attempt = (this.#counts.get(requestId) ?? 0) + 1;
    this.#counts.set(requestId, attempt);
    return this.#rules.find(
      (rule) =>
        rule.service === service &&
        rule.operation === operation &&
        (rule.endpoint === undefined || endpoint === undefined || rule.endpoint === endpoint) &&
        attempt >= rule.attempts.from &&
        attempt <= rule.attempts.to,
    );
  }
}

/** The faults that no worker can play. */
export const unplayable = (rules: readonly FaultRule[]): readonly string[] =>
  rules.flatMap((rule) =>
    rule.kind === 'callback'
      ? [
          `The fault of the callback of ${rule.service}.${rule.operation} is left out: ` +
            'nobody can disturb how a real server delivers.',
        ]
      : [],
  );

function failing(
  { type, message = `injected fault: ${type}`, retryBehavior }: AttemptFault['fail'],
  { capabilities }: NexusRequest,
): { readonly failure?: Failure; readonly error?: HandlerError } {
  const behavior = retryBehavior === undefined ? {} : { retryBehavior };
  if (capabilities?.temporalFailureResponses === true) {
    return { failure: { message, nexusHandlerFailureInfo: { type, ...behavior } } };
  }
  return { error: { errorType: type, failure: { message }, ...behavior } };
}
