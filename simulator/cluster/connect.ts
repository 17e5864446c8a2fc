import {
  Client,
  credentials,
  logVerbosity,
  Metadata,
  setLogVerbosity,
  type ChannelCredentials,
} from '@grpc/grpc-js';
import { CancellationSource } from '../base/cancellation.ts';
import type { Disposable } from '../base/disposable.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { createConverter } from '../wire/convert.ts';
import { createClusterPort } from './port.ts';
import type { ClusterSettings, TlsSettings } from './settings.ts';

/** A server that has answered. Disposing ends the connection; calls that wait end as cancelled. */
export interface ClusterConnection extends Disposable {
  readonly port: TemporalPort;
  readonly serverVersion: string;
}

/** Largest answer in bytes; as SDKs have it. */
const MESSAGE_BYTES_MAX = 128 * 1024 * 1024;
const KEEPALIVE_MS = 30_000;

/**
 * Connects to a Temporal server. `originMs`: wall-clock milliseconds since the Unix epoch that instant 0 stands for.
 * The error is a sentence for people.
 */
export async function connect(
  settings: ClusterSettings,
  originMs: number,
): Promise<Result<ClusterConnection, string>> {
  // What goes wrong is told in our own words; the library would write to stderr besides.
  setLogVerbosity(logVerbosity.NONE);
  const { address, tls } = settings;
  let channel: ChannelCredentials;
  try {
    channel = tls === undefined ? credentials.createInsecure() : secure(tls);
  } catch (problem) {
    return err(`The certificates for ${address} cannot be used: ${String(problem)}.`);
  }
  const client = new Client(address, channel, {
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    // A connection of its own, so that disposing ends it.
    'grpc.use_local_subchannel_pool': 1,
    ...(tls?.serverName !== undefined && {
      'grpc.ssl_target_name_override': tls.serverName,
      'grpc.default_authority': tls.serverName,
    }),
  });
  const closing = new CancellationSource();
  const port = createClusterPort({
    client,
    closing: closing.signal,
    converter: createConverter(originMs),
    originMs,
    metadataFor: (namespace) => headersOf(settings, namespace),
  });
  const info = await port.call('getSystemInfo', {});
  const dispose = (): void => {
    closing.cancel();
    client.close();
  };
  if (info.ok) return ok({ port, serverVersion: info.value.serverVersion, dispose });
  dispose();
  return err(`No Temporal server answers at ${address}: ${info.error.message}`);
}

function secure({ serverRootCa, client }: TlsSettings): ChannelCredentials {
  const buffer = (bytes: Uint8Array | undefined): Buffer | null =>
    bytes === undefined ? null : Buffer.from(bytes);
  return credentials.createSsl(buffer(serverRootCa), buffer(client?.key), buffer(client?.certificate));
}

function headersOf({ apiKey, metadata }: ClusterSettings, namespace: string | undefined): Metadata {
  const headers = new Metadata();
  for (const [key, value] of Object.entries(metadata)) headers.set(key, value);
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
  // Where one address serves many namespaces, this says whose key it is.
  if (namespace !== undefined && namespace !== '') headers.set('temporal-namespace', namespace);
  return headers;
}
