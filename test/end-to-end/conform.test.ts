// World files on Temporal's own development server. Whoever has the command line sees it work; elsewhere this is skipped.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { minutes } from '../../simulator/base/time.ts';
import { conformFile, serverAt } from '../../simulator/cli/conform-file.ts';
import { createDriver } from '../../simulator/driver/driver.ts';
import { parseWorld } from '../../simulator/world/parse.ts';
import { temporalCli } from '../harness/temporal-cli.ts';
import { root } from '../tidy/run-tool.ts';
import { freePort } from '../harness/free-port.ts';

const cli = temporalCli();
const env = { TEMPORAL_CONFIG_FILE: '/nowhere' };

let server: ChildProcess | undefined;
let target = '';

beforeAll(async () => {
  if (cli === undefined) return;
  const port = await freePort();
  target = `127.0.0.1:${port}`;
  const argv = ['server', 'start-dev', '--headless', '--port', String(port), '--log-level', 'never'];
  server = spawn(cli, argv, { stdio: 'ignore' });
  await vi.waitUntil(async () => (await serverAt(target, env)).ok, { timeout: 60_000 });
}, 90_000);

afterAll(() => {
  server?.kill();
});

describe.skipIf(cli === undefined)('a development server (TEMPORAL_CLI, or `temporal` on the path)', () => {
  test.each(['checkout', 'failures'])(
    '%s leaves the same histories there',
    async (name) => {
      const file = join(root, `test/conformance/${name}.nexus.yaml`);
      const text = readFileSync(file, 'utf8');
      const { value: world } = parseWorld(text);
      const outcome = await conformFile(
        { file, text, world },
        {
          ...{ target, namespacePrefix: `${name}-`, force: false, keep: false, until: minutes(1) },
          ...{ createDriver, env, asked: new Promise(() => undefined) },
        },
      );
      expect(outcome).toMatchObject({ ok: true, value: { kind: 'compared' } });
      if (!outcome.ok || outcome.value.kind !== 'compared') return;
      const { events, differences } = outcome.value.comparison;
      expect(events).toBeGreaterThan(50);
      expect(differences.filter(({ allowed }) => allowed === undefined)).toEqual([]);
    },
    120_000,
  );
});
