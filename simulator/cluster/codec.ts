import { err, ok, type Result } from '../base/result.ts';
import type { Payload } from '../protocol/temporal/common.ts';
import type { RunHistory } from '../spans/run-history.ts';
import { encodedPayloads, withPayloads } from './codec-payloads.ts';

export interface CodecSettings {
  /** `{namespace}` in it stands for the namespace of the payloads. */
  readonly endpoint: string;
  /** Sent as `Authorization`. */
  readonly auth?: string;
}

/** What a command was told of a codec. */
export interface CodecRequest {
  readonly codecEndpoint?: string;
  readonly codecAuth?: string;
}

/** The codec that was asked for, if one was. The error is one sentence. */
export function codecOf({ codecEndpoint, codecAuth }: CodecRequest): Result<RemoteCodec | undefined, string> {
  if (codecEndpoint === undefined || codecEndpoint === '') return ok(undefined);
  return RemoteCodec.create({
    endpoint: codecEndpoint,
    ...(codecAuth !== undefined && { auth: codecAuth }),
  });
}

/** Payloads of one request. */
const BATCH_MAX = 100;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Decodes payloads by a remote codec, as Temporal's own tools do: `POST …/decode` with the payloads as JSON. What it
 * cannot decode stays as it is.
 */
export class RemoteCodec {
  readonly #settings: CodecSettings;
  /** Payload as it came → as the codec has it. */
  readonly #decoded = new Map<string, Payload>();
  /** Namespace → why its payloads are shown as they are. */
  readonly #refused = new Map<string, string>();

  private constructor(settings: CodecSettings) {
    this.#settings = settings;
  }

  /** The error is a sentence. Payloads leave this machine only encrypted. */
  static create(settings: CodecSettings): Result<RemoteCodec, string> {
    const { endpoint } = settings;
    const address = endpoint.replaceAll('{namespace}', 'namespace');
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      return err(`"${endpoint}" is no address of a codec; one is https://codec.example.com.`);
    }
    if (url.protocol === 'http:' && !loopback.test(url.hostname)) {
      return err(`The codec ${url.host} is not on this machine; name it with https.`);
    }
    return ok(new RemoteCodec(settings));
  }

  /** One sentence for each namespace whose payloads could not be decoded. */
  get notes(): readonly string[] {
    return [...this.#refused.values()];
  }

  /** The same runs, decoded as far as the codec can. */
  async decode(histories: readonly RunHistory[]): Promise<readonly RunHistory[]> {
    return Promise.all(
      histories.map(async (history) => {
        const { run, events, described } = history;
        await this.#learn(run.namespace, encodedPayloads([events, described]));
        const known = (payload: Payload): Payload => this.#decoded.get(JSON.stringify(payload)) ?? payload;
        return {
          run,
          events: withPayloads(events, known),
          ...(described !== undefined && { described: withPayloads(described, known) }),
        };
      }),
    );
  }

  async #learn(namespace: string, payloads: readonly Payload[]): Promise<void> {
    const unknown = new Map(payloads.map((payload) => [JSON.stringify(payload), payload] as const));
    for (const text of this.#decoded.keys()) unknown.delete(text);
    const left = [...unknown];
    while (left.length > 0 && !this.#refused.has(namespace)) {
      const batch = left.splice(0, BATCH_MAX);
      const answer = await this.#ask(
        namespace,
        batch.map(([, payload]) => payload),
      );
      if (answer.ok) {
        for (const [index, [text, payload]] of batch.entries())
          this.#decoded.set(text, answer.value[index] ?? payload);
      } else {
        const why = `The codec cannot be used for namespace ${namespace}: ${answer.error}`;
        this.#refused.set(namespace, `${why}; its payloads are shown as they are.`);
      }
    }
  }

  async #ask(namespace: string, payloads: readonly Payload[]): Promise<Result<readonly Payload[], string>> {
    const { endpoint, auth } = this.#settings;
    const base = endpoint.replaceAll('{namespace}', encodeURIComponent(namespace)).replace(/\/+$/, '');
    try {
      const response = await fetch(`${base}/decode`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-namespace': namespace,
          ...(auth !== undefined && { authorization: auth }),
        },
        body: JSON.stringify({ payloads }),
        // Whoever is named is asked, and nobody else.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) return err(`it answered with status ${response.status}`);
      return payloadsIn(await textOf(response), payloads.length);
    } catch (problem) {
      return err(reasonOf(problem));
    }
  }
}

/** @throws RangeError when the answer is too long. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) throw new RangeError(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function payloadsIn(text: string, count: number): Result<readonly Payload[], string> {
  const value: unknown = JSON.parse(text);
  const payloads =
    typeof value === 'object' && value !== null && 'payloads' in value ? value.payloads : undefined;
  if (!Array.isArray(payloads) || payloads.length !== count || !payloads.every(isPayload)) {
    return err('its answer does not hold a payload for each that was sent');
  }
  return ok(payloads);
}

function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata = {}, data = '' } = value as { readonly metadata?: unknown; readonly data?: unknown };
  const isMap = typeof metadata === 'object' && metadata !== null;
  return (
    isMap && Object.values(metadata).every((each) => typeof each === 'string') && typeof data === 'string'
  );
}

/** The library hides the reason in the cause. */
function reasonOf(problem: unknown): string {
  if (problem instanceof SyntaxError) return 'its answer is no JSON';
  if (!(problem instanceof Error)) return String(problem);
  if (problem.name === 'TimeoutError') return `it did not answer within ${TIMEOUT_MS / 1_000} s`;
  return problem.cause instanceof Error ? problem.cause.message : problem.message;
}
