// Certificates for tests, made by OpenSSL 3 where this machine has it.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const hasOpenssl = /^OpenSSL [3-9]/.test(
  spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout,
);

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a key and a certificate for this machine; its own authority unless `issuer` signs it. Valid for two days. */
export function makeCertificate(folder: string, name: string, issuer?: CertificateFiles): CertificateFiles {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...(issuer === undefined
        ? []
        : ['-extensions', 'usr_cert', '-CA', issuer.certificate, '-CAkey', issuer.key]),
      ...['-keyout', files.key, '-out', files.certificate],
    ],
    { stdio: 'pipe' },
  );
  return files;
}
