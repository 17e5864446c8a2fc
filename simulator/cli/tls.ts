import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { err, ok, type Result } from '../base/result.ts';
import type { TlsMaterial } from '../frontends/temporal/server.ts';
import { pathOption } from './arguments.ts';
import { reasonOf } from './read-text.ts';

export interface TlsOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/** The options that encrypt the gRPC port. */
export const addTlsOptions = (command: Command): Command =>
  command
    .addOption(pathOption('--tls-cert <FILE>', 'Encrypt gRPC with this certificate, or chain, in PEM form.'))
    .addOption(pathOption('--tls-key <FILE>', 'The private key of that certificate in PEM form.'))
    .addOption(
      pathOption('--tls-client-ca <FILE>', 'Let in only clients with a certificate of these authorities.'),
    );

/** What the options name; `undefined` where they name nothing. The error is one sentence. */
export async function readTls(options: TlsOptions): Promise<Result<TlsMaterial | undefined, string>> {
  const { tlsCert, tlsKey, tlsClientCa } = options;
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return ok(undefined);
  if (tlsCert === undefined || tlsKey === undefined) {
    return err('TLS takes a certificate and its key; name both, with --tls-cert and --tls-key.');
  }
  const certificate = await readPem(tlsCert, 'a certificate', firstCertificate);
  if (!certificate.ok) return certificate;
  const key = await readPem(tlsKey, 'a private key without a passphrase', createPrivateKey);
  if (!key.ok) return key;
  if (!certificate.value.parsed.checkPrivateKey(key.value.parsed)) {
    return err(`The key in "${tlsKey}" does not belong to the certificate in "${tlsCert}"; name a pair.`);
  }
  const pair = { certificate: certificate.value.bytes, key: key.value.bytes };
  if (tlsClientCa === undefined) return ok(pair);
  const authorities = await readPem(tlsClientCa, 'a certificate', firstCertificate);
  return authorities.ok ? ok({ ...pair, clientAuthorities: authorities.value.bytes }) : authorities;
}

const firstCertificate = (bytes: Buffer): X509Certificate => new X509Certificate(bytes);

async function readPem<T extends X509Certificate | KeyObject>(
  path: string,
  what: string,
  parse: (bytes: Buffer) => T,
): Promise<Result<{ readonly bytes: Buffer; readonly parsed: T }, string>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (problem) {
    return err(reasonOf(problem, path));
  }
  try {
    return ok({ bytes, parsed: parse(bytes) });
  } catch {
    return err(`"${path}" does not hold ${what} in PEM form.`);
  }
}
