import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clusterSettings } from '../../../../simulator/cluster/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'nexus-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** No profile of the user's takes part. */
const nowhere = { TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };

const profiles = file(
  'temporal.toml',
  `
[profile.default]
address = "here:7233"

[profile.staging]
address = "staging.example:7233"
namespace = "shop"
api_key = "secret"
[profile.staging.grpc_meta]
Team = "payments"

[profile.secured]
address = "secured.example:7233"
[profile.secured.tls]
server_name = "temporal.internal"
client_cert_data = "certificate"
client_key_data = "key"
server_ca_cert_path = ${JSON.stringify(file('ca.pem', 'authority'))}
`,
);

describe('where the cluster is', () => {
  test('a development server’s place, when nothing is said', () => {
    expect(clusterSettings({ env: nowhere })).toEqual({
      ok: true,
      value: { address: '127.0.0.1:7233', namespace: 'default', metadata: {} },
    });
  });

  test('the environment says it, and what is asked for counts more', () => {
    const env = { ...nowhere, TEMPORAL_ADDRESS: 'there:7233', TEMPORAL_NAMESPACE: 'shop' };
    expect(clusterSettings({ env })).toMatchObject({ value: { address: 'there:7233', namespace: 'shop' } });
    expect(clusterSettings({ env, address: 'else:1', namespace: 'other' })).toMatchObject({
      value: { address: 'else:1', namespace: 'other' },
    });
  });

  test('a profile says it, and the environment counts more', () => {
    const env = { TEMPORAL_CONFIG_FILE: profiles };
    expect(clusterSettings({ env })).toMatchObject({ value: { address: 'here:7233' } });
    const staging = { ...env, TEMPORAL_PROFILE: 'staging' };
    // Whoever has a key does not send it in the clear.
    expect(clusterSettings({ env: staging })).toEqual({
      ok: true,
      value: {
        address: 'staging.example:7233',
        namespace: 'shop',
        tls: {},
        apiKey: 'secret',
        metadata: { team: 'payments' },
      },
    });
    expect(clusterSettings({ env: { ...staging, TEMPORAL_API_KEY: 'newer' } })).toMatchObject({
      value: { apiKey: 'newer' },
    });
  });

  test('certificates come from the profile or from the files that it names', () => {
    const env = { TEMPORAL_CONFIG_FILE: profiles, TEMPORAL_PROFILE: 'secured' };
    const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
    expect(clusterSettings({ env })).toMatchObject({
      value: {
        tls: {
          serverName: 'temporal.internal',
          serverRootCa: bytes('authority'),
          client: { certificate: bytes('certificate'), key: bytes('key') },
        },
      },
    });
  });

  test.each([
    [{ TEMPORAL_CONFIG_FILE: profiles, TEMPORAL_PROFILE: 'missing' }, /missing/],
    [{ TEMPORAL_CONFIG_FILE: file('broken.toml', '[profile') }, /broken\.toml|TOML/i],
    [{ ...nowhere, TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'gone.pem') }, /gone\.pem/],
  ])('%o is refused with a reason', (env, reason) => {
    const settings = clusterSettings({ env });
    expect(settings).toMatchObject({ ok: false });
    if (!settings.ok) expect(settings.error).toMatch(reason);
  });
});
