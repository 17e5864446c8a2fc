/** Where a cluster is and how to speak to it, from what Temporal's own tools read: the environment and its profiles. */
import { err, ok, type Result } from '../base/result.ts';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

export interface ClusterSettings {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** Absent: the connection is not encrypted. */
  readonly tls?: TlsSettings;
  readonly apiKey?: string;
  /** Sent with every call. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface TlsSettings {
  readonly serverName?: string;
  /** PEM. */
  readonly serverRootCa?: Uint8Array;
  /** PEM. */
  readonly client?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
}

export interface SettingsRequest {
  /** `host:port`, in place of the one that the environment or the profile names. */
  readonly address?: string;
  readonly namespace?: string;
  /** `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE` and so on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultAddress = '127.0.0.1:7233';
const defaultNamespace = 'default';

/** The error is a sentence for people. */
export function clusterSettings(request: SettingsRequest): Result<ClusterSettings, string> {
  let config: ClientConnectConfig;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: defined(request.env) });
  } catch (problem) {
    return err(`The connection settings cannot be read: ${reasonOf(problem)}.`);
  }
  const { address, tls, apiKey, metadata } = config.connectionOptions;
  const secured = tlsOf(tls);
  return ok({
    address: request.address ?? address ?? defaultAddress,
    namespace: request.namespace ?? config.namespace ?? defaultNamespace,
    ...(secured !== undefined && { tls: secured }),
    ...(typeof apiKey === 'string' && { apiKey }),
    metadata: textsIn(metadata),
  });
}

function tlsOf(tls: ClientConnectConfig['connectionOptions']['tls']): TlsSettings | undefined {
  if (tls === undefined || tls === null || tls === false) return undefined;
  if (tls === true) return {};
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls;
  return {
    ...(typeof serverNameOverride === 'string' && { serverName: serverNameOverride }),
    ...(serverRootCACertificate && { serverRootCa: serverRootCACertificate }),
    ...(clientCertPair && { client: { certificate: clientCertPair.crt, key: clientCertPair.key } }),
  };
}

const textsIn = (metadata: object = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );

const defined = (env: SettingsRequest['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

const reasonOf = (problem: unknown): string =>
  (problem instanceof Error ? problem.message : String(problem)).replace(/\.?\s*$/, '');
