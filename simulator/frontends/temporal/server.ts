/** Temporal's gRPC API on the loopback interface: any SDK worker or client, and the `temporal` command line. */
import type { Buffer } from 'node:buffer';
import { createServer, type Server as Listener } from 'node:net';
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { Disposable } from '../../base/disposable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { TemporalPort } from '../../protocol/temporal/port.ts';
import { Connections } from './connections.ts';
import { createConverter } from '../../wire/convert.ts';
import { serviceNames } from '../../wire/services.ts';
import { healthService, healthServiceName } from './health.ts';
import { reflectionServices } from './reflection.ts';
import { temporalService } from './service-definition.ts';
import { wallTimer, type WallTimer } from '../wall-timer.ts';

export interface TemporalServerOptions {
  readonly port: TemporalPort;
  /** Wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
  readonly originMs: number;
  /** TCP port; 0 or absent: one that is free. */
  readonly listenOn?: number;
  /** Absent: not encrypted. */
  readonly tls?: TlsMaterial | undefined;
  readonly timer?: WallTimer;
  /** Told of a worker whose connections have all ended, by the identity that it polled with. */
  readonly onWorkerGone?: (identity: string) => void;
  /** Told of failures that are the program's own. */
  readonly onFailure?: (method: string, problem: unknown) => void;
}

/** What TLS takes, each in PEM form: a certificate or chain, its key, and whose certificates clients must have. */
export interface TlsMaterial {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientAuthorities?: Buffer;
}

export interface TemporalServer extends Disposable {
  /** `host:port`, as SDKs take it. */
  readonly address: string;
}

const host = '127.0.0.1';

/** Largest request in bytes, as at the Temporal server. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Calls that one connection may have open at once; a worker needs a few dozen. */
const CALLS_PER_CONNECTION_MAX = 1_000;

/** Starts listening. Disposing ends every connection; waiting polls are given up. */
export async function startTemporalServer(
  options: TemporalServerOptions,
): Promise<Result<TemporalServer, string>> {
  // What goes wrong is returned or refused in our own words; the library would write to stderr besides.
  setLogVerbosity(logVerbosity.NONE);
  const converter = createConverter(options.originMs);
  const connections = new Connections(options.onWorkerGone ?? (() => undefined));
  const context = {
    connections,
    port: options.port,
    converter,
    timer: options.timer ?? wallTimer,
    originMs: options.originMs,
    onFailure: options.onFailure ?? (() => undefined),
  };
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_concurrent_streams': CALLS_PER_CONNECTION_MAX,
  });
  const services = [
    temporalService('WorkflowService', context),
    temporalService('OperatorService', context),
    healthService(converter),
    ...reflectionServices(converter, [...Object.values(serviceNames), healthServiceName]),
  ];
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const listener = listenerFor(server, connections, options.tls);
  const bound = await bind(listener, options.listenOn ?? 0);
  if (!bound.ok) return bound;
  const dispose = (): void => {
    connections.dispose();
    listener.close();
    server.forceShutdown();
  };
  return ok({ address: `${host}:${bound.value}`, dispose });
}

/** Accepts connections in the library's place, which does not tell when one has ended. */
function listenerFor(server: Server, connections: Connections, tls: TlsMaterial | undefined): Listener {
  const injector = server.createConnectionInjector(credentialsOf(tls));
  return createServer((socket) => {
    const peer = `${String(socket.remoteAddress)}:${String(socket.remotePort)}`;
    connections.opened(peer);
    socket.once('close', () => connections.closed(peer));
    injector.injectConnection(socket);
  });
}

/** Nobody beyond this machine can reach it, so encryption is for set-ups that insist on it. */
function credentialsOf(tls: TlsMaterial | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, key, clientAuthorities = null } = tls;
  const pair = { cert_chain: certificate, private_key: key };
  return ServerCredentials.createSsl(clientAuthorities, [pair], clientAuthorities !== null);
}

function bind(listener: Listener, wanted: number): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    listener.once('error', (problem) => {
      resolve(
        err(
          `Cannot listen on ${host}:${wanted} (${problem.message}). Choose another port, or 0 for a free one.`,
        ),
      );
    });
    listener.listen(wanted, host, () => {
      const address = listener.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : wanted));
    });
  });
}
