// The gRPC port with TLS, as SDKs and the command line see it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, type TLSConfig } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTls } from '../../simulator/cli/tls.ts';
import { startTemporalServer, type TemporalServer } from '../../simulator/frontends/temporal/server.ts';
import { hasOpenssl, makeCertificate, type CertificateFiles } from '../harness/certificates.ts';
import { FakeTemporalPort } from '../harness/fake-temporal-port.ts';

const answers = {
  listNamespaces: () => ({ ok: true, value: { namespaces: [] } }) as const,
  getSystemInfo: () => ({ ok: true, value: { serverVersion: '1.0.0', capabilities: {} } }) as const,
};

describe.skipIf(!hasOpenssl)('gRPC with TLS (certificates by openssl)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-tls-'));
  let authority: CertificateFiles;
  let ours: CertificateFiles;
  let theirs: CertificateFiles;
  let stranger: CertificateFiles;
  const servers: TemporalServer[] = [];

  beforeAll(() => {
    authority = makeCertificate(folder, 'authority');
    ours = makeCertificate(folder, 'server', authority);
    theirs = makeCertificate(folder, 'client', authority);
    stranger = makeCertificate(folder, 'stranger');
  });

  afterAll(() => {
    for (const server of servers) server.dispose();
    rmSync(folder, { recursive: true });
  });

  async function serve(tlsClientCa?: string): Promise<string> {
    const tls = await readTls({
      tlsCert: ours.certificate,
      tlsKey: ours.key,
      ...(tlsClientCa !== undefined && { tlsClientCa }),
    });
    if (!tls.ok) throw new Error(tls.error);
    const port = new FakeTemporalPort(answers);
    const started = await startTemporalServer({ port, originMs: 0, tls: tls.value });
    if (!started.ok) throw new Error(started.error);
    servers.push(started.value);
    return started.value.address;
  }

  /** A client that trusts the authority and shows this certificate. */
  const trusting = (shown?: CertificateFiles): TLSConfig => ({
    serverRootCACertificate: readFileSync(authority.certificate),
    serverNameOverride: 'localhost',
    ...(shown !== undefined && {
      clientCertPair: { crt: readFileSync(shown.certificate), key: readFileSync(shown.key) },
    }),
  });

  async function connect(address: string, tls?: TLSConfig): Promise<string> {
    // Without the interceptors nothing is tried again.
    const connection = Connection.lazy({ address, interceptors: [], ...(tls !== undefined && { tls }) });
    try {
      const { namespaces } = await connection.withDeadline(Date.now() + 10_000, () =>
        connection.workflowService.listNamespaces({}),
      );
      return `${namespaces.length} namespaces`;
    } catch (problem) {
      return `refused: ${String(problem)}`;
    } finally {
      await connection.close();
    }
  }

  test('clients and workers that trust the certificate are served', async () => {
    const address = await serve();
    expect(await connect(address, trusting())).toBe('0 namespaces');
    const worker = await NativeConnection.connect({ address, tls: trusting() });
    await worker.close();
  });

  test('who does not encrypt, or does not trust it, is not; the others still are', async () => {
    const address = await serve();
    expect(await connect(address)).toMatch(/^refused: /);
    expect(await connect(address, { serverNameOverride: 'localhost' })).toMatch(/^refused: /);
    expect(await connect(address, trusting())).toBe('0 namespaces');
  });

  test('with authorities for clients only theirs are let in', async () => {
    const address = await serve(authority.certificate);
    expect(await connect(address, trusting(theirs))).toBe('0 namespaces');
    expect(await connect(address, trusting())).toMatch(/^refused: /);
    expect(await connect(address, trusting(stranger))).toMatch(/^refused: /);
  });

  test('files that cannot be used are named', async () => {
    const pair = { tlsCert: ours.certificate, tlsKey: ours.key };
    const missing = join(folder, 'missing.pem');
    const answersTo = async (options: Parameters<typeof readTls>[0]): Promise<unknown> => {
      const read = await readTls(options);
      return read.ok ? read.value : read.error;
    };
    expect(await answersTo({})).toBeUndefined();
    const both = 'TLS takes a certificate and its key; name both, with --tls-cert and --tls-key.';
    expect(await answersTo({ tlsCert: ours.certificate })).toBe(both);
    expect(await answersTo({ tlsKey: ours.key })).toBe(both);
    expect(await answersTo({ tlsClientCa: authority.certificate })).toBe(both);
    expect(await answersTo({ ...pair, tlsCert: missing })).toBe(
      `There is no file "${missing}"; check the path.`,
    );
    expect(await answersTo({ ...pair, tlsKey: folder })).toBe(`"${folder}" is a directory; name a file.`);
    expect(await answersTo({ ...pair, tlsCert: ours.key })).toBe(
      `"${ours.key}" does not hold a certificate in PEM form.`,
    );
    expect(await answersTo({ ...pair, tlsKey: ours.certificate })).toBe(
      `"${ours.certificate}" does not hold a private key without a passphrase in PEM form.`,
    );
    expect(await answersTo({ ...pair, tlsKey: theirs.key })).toBe(
      `The key in "${theirs.key}" does not belong to the certificate in "${ours.certificate}"; name a pair.`,
    );
    expect(await answersTo({ ...pair, tlsClientCa: ours.key })).toBe(
      `"${ours.key}" does not hold a certificate in PEM form.`,
    );
  });
});
