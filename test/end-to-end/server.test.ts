import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Location, Range } from 'vscode-languageserver-protocol/node';
import { locateRequest, type LocateParams } from '../../server/protocol/messages.ts';
import { parseFixture } from '../harness/fixture.ts';
import { LspClient, type LspClientOptions } from '../harness/lsp-client.ts';

const server = fileURLToPath(new URL('../../dist/server.cjs', import.meta.url));
if (!existsSync(server)) {
  throw new Error(
    'dist/server.cjs is missing; build the bundles with "node esbuild.mjs" and run this test again.',
  );
}

const workspace = parseFixture(`
--- .gitignore
generated/
--- api.ts
import * as nexus from 'nexus-rpc';
export const hello = nexus.service('HelloService', {
  echo: nexus.operation<string, string>(),
});
--- handler.ts
import * as nexus from 'nexus-rpc';
import { hello } from './api';
export const handler = nexus.serviceHandler(hello, {
  echo: async (ctx, input) => input,
});
--- caller.ts
import * as wf from '@temporalio/workflow';
import { hello } from './api';
const client = wf.createNexusServiceClient({ service: hello, endpoint: 'e' });
export const run = () => client.executeOperation('echo', 'x');
--- hello.nexusrpc.yaml
nexusrpc: 1.0.0
services:
  HelloService:
    operations:
      echo: { request: { $ref: '#/types/Text' }, output: { $ref: '#/types/Texd' } }
      echo: {}
types:
  Text: { type: object }
--- generated/ignored.nexusrpc.yaml
nexusrpc: 9.0.0
--- node_modules/p/broken.nexusrpc.yaml
nexusrpc: 9.0.0
`);

const range = (line: number, start: number, end: number): Range => ({
  start: { line, character: start },
  end: { line, character: end },
});

let folder = '';
let clients: LspClient[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexus-server-'));
  for (const [path, text] of workspace.files) await write(path, text);
});

afterEach(async () => {
  for (const client of clients) client.dispose();
  clients = [];
  await rm(folder, { recursive: true, force: true });
});

const uri = (path: string): string => pathToFileURL(join(folder, path)).href;

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function connect(options: Partial<LspClientOptions> = {}): LspClient {
  const client = new LspClient({
    server,
    transport: 'stdio',
    folders: [pathToFileURL(folder).href],
    ...options,
  });
  clients.push(client);
  return client;
}

const contract = 'hello.nexusrpc.yaml';

describe('findings', () => {
  test('of a document that is not open: misspelt key, unresolved reference, duplicate, with exact ranges', async () => {
    const client = connect();
    await client.initialize();
    const found = await client.diagnostics(uri(contract), (all) => all.length > 0);
    expect(found.map(({ code, range: at, source }) => ({ code, at, source }))).toEqual([
      { code: 'idl-unknown-key', at: range(4, 14, 21), source: 'nexus' },
      { code: 'idl-unresolved-ref', at: range(4, 65, 79), source: 'nexus' },
      { code: 'idl-duplicate-operation', at: range(5, 6, 10), source: 'nexus' },
    ]);
    expect(found[0]?.message).toContain('"request"');
    expect(found[1]?.message).toContain('correct it to "#/types/Text"');
    expect(found[2]?.relatedInformation?.[0]?.location).toEqual({
      uri: uri(contract),
      range: range(4, 6, 10),
    });
    expect(client.latest(uri('generated/ignored.nexusrpc.yaml'))).toEqual([]);
    expect(client.latest(uri('node_modules/p/broken.nexusrpc.yaml'))).toEqual([]);
  });

  test('follow incremental changes of the unsaved text, and go when it is right', async () => {
    const client = connect();
    await client.initialize();
    await client.open(uri(contract), workspace.files.get(contract) ?? '');
    await client.diagnostics(uri(contract), (all) => all.length === 3);
    const change = (version: number, at: Range, text: string): Promise<void> =>
      client.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uri(contract), version },
        contentChanges: [{ range: at, text }],
      });
    await change(2, range(4, 14, 21), 'input');
    const two = await client.diagnostics(uri(contract), (all) => all.length === 2);
    expect(two.map(({ code }) => code)).toEqual(['idl-unresolved-ref', 'idl-duplicate-operation']);
    expect(two[0]?.range).toEqual(range(4, 63, 77));
    await change(3, range(4, 72, 76), 'Text');
    await change(4, range(5, 6, 10), 'ping');
    expect(await client.diagnostics(uri(contract), (all) => all.length === 0)).toEqual([]);
    // The file on the disk is as broken as before, so closing without saving brings the findings back.
    await client.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: uri(contract) },
    });
    expect(await client.diagnostics(uri(contract), (all) => all.length === 3)).toHaveLength(3);
  });

  test('appear in a file when another one on the disk changes', async () => {
    const client = connect();
    await client.initialize();
    await client.diagnostics(uri(contract), (all) => all.length === 3);
    await write(
      'twin.nexusrpc.yaml',
      'nexusrpc: 1.0.0\nservices: { HelloService: { operations: { a: {} } } }\n',
    );
    const changed = (type: number): Promise<void> =>
      client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uri('twin.nexusrpc.yaml'), type }],
      });
    await changed(1);
    const found = await client.diagnostics(uri(contract), (all) => all.length === 4);
    expect(found.map(({ code }) => code)).toContain('idl-duplicate-across-files');
    await rm(join(folder, 'twin.nexusrpc.yaml'));
    await changed(3);
    expect(await client.diagnostics(uri(contract), (all) => all.length === 3)).toHaveLength(3);
  });

  test('come and go with workspace folders', async () => {
    const client = connect({ folders: [], capabilities: { workspace: { workspaceFolders: true } } });
    await client.initialize();
    const own = { uri: pathToFileURL(folder).href, name: 'own' };
    const change = (added: object[], removed: object[]): Promise<void> =>
      client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
        event: { added, removed },
      });
    await change([own], []);
    await client.diagnostics(uri(contract), (all) => all.length === 3);
    await change([], [own]);
    expect(await client.diagnostics(uri(contract), (all) => all.length === 0)).toEqual([]);
  });
});

describe('navigation', () => {
  const atEcho = { line: 3, character: 52 };
  const handler = (): Location => ({ uri: uri('handler.ts'), range: range(3, 2, 6) });

  test.each(['stdio', 'node-ipc'] as const)('from a call to its handler, over %s', async (transport) => {
    const client = connect({ transport });
    await client.initialize();
    const found = await client.connection.sendRequest('textDocument/definition', {
      textDocument: { uri: uri('caller.ts') },
      position: atEcho,
    });
    expect(found).toEqual([handler()]);
  });

  test('as links, to clients that can show them', async () => {
    const client = connect({ capabilities: { textDocument: { definition: { linkSupport: true } } } });
    await client.initialize();
    const found = await client.connection.sendRequest('textDocument/definition', {
      textDocument: { uri: uri('caller.ts') },
      position: atEcho,
    });
    expect(found).toEqual([
      {
        originSelectionRange: range(3, 49, 55),
        targetUri: uri('handler.ts'),
        targetRange: range(3, 2, 6),
        targetSelectionRange: range(3, 2, 6),
      },
    ]);
  });

  test('follows unsaved text', async () => {
    const client = connect();
    await client.initialize();
    await client.open(uri('handler.ts'), `// moved\n${workspace.files.get('handler.ts') ?? ''}`);
    const found = await client.connection.sendRequest('textDocument/definition', {
      textDocument: { uri: uri('caller.ts') },
      position: atEcho,
    });
    expect(found).toEqual([{ uri: uri('handler.ts'), range: range(4, 2, 6) }]);
  });

  test('finds an operation by its names on the wire', async () => {
    const client = connect();
    await client.initialize();
    const wanted: LocateParams = { role: 'handler', service: 'HelloService', operation: 'echo' };
    const found = await client.connection.sendRequest<Location[]>(locateRequest, wanted);
    expect(found).toEqual([handler()]);
    const contracts: LocateParams = { ...wanted, role: 'contract' };
    expect(await client.connection.sendRequest<Location[]>(locateRequest, contracts)).toEqual([
      { uri: uri('api.ts'), range: range(2, 2, 6) },
      { uri: uri(contract), range: range(4, 6, 10) },
    ]);
  });
});

describe('lifecycle', () => {
  test('says who it is and what it can do, and ends with code 0', async () => {
    const client = connect();
    const { capabilities, serverInfo } = await client.initialize();
    expect(serverInfo?.name).toBe('nexus-language-server');
    expect(serverInfo?.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(capabilities).toMatchObject({
      textDocumentSync: { openClose: true, change: 2 },
      definitionProvider: true,
      workspace: { workspaceFolders: { supported: true } },
    });
    expect(await client.stop()).toBe(0);
    expect(client.stderr).toBe('');
    expect(client.logged).toEqual([]);
  });

  test('watches files and shows progress where the client can', async () => {
    const client = connect({
      capabilities: {
        workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
        window: { workDoneProgress: true },
      },
    });
    await client.initialize();
    await client.diagnostics(uri(contract), (all) => all.length === 3);
    expect(client.registrations).toEqual(['workspace/didChangeWatchedFiles']);
    expect(client.progress[0]).toBe('Indexing Nexus contracts');
    expect(client.progress.at(-1)).toBe('end');
  });

  test.each([
    ['textDocument/definition', null],
    ['textDocument/definition', { textDocument: { uri: 5 } }],
    [locateRequest, { role: 'nobody', service: 'S', operation: 'o' }],
    [locateRequest, { role: 'handler', service: 'S' }],
    ['nexus/unknown', {}],
  ])('a malformed %s request %# gets an error, and the next one its answer', async (method, params) => {
    const client = connect();
    await client.initialize();
    await expect(client.connection.sendRequest(method, params)).rejects.toThrow();
    const wanted: LocateParams = { role: 'caller', service: 'HelloService', operation: 'echo' };
    expect(await client.connection.sendRequest<Location[]>(locateRequest, wanted)).toHaveLength(1);
    expect(await client.stop()).toBe(0);
  });

  test('a message that is no JSON costs nothing but itself', async () => {
    const client = connect();
    await client.initialize();
    client.writeRaw('Content-Length: 5\r\n\r\n{bad}');
    const wanted: LocateParams = { role: 'caller', service: 'HelloService', operation: 'echo' };
    expect(await client.connection.sendRequest<Location[]>(locateRequest, wanted)).toHaveLength(1);
    expect(await client.stop()).toBe(0);
  });

  test.each([
    [[], /exactly one of --stdio and --node-ipc/],
    [['--stdio', '--node-ipc'], /exactly one/],
    [['--port=5'], /Unknown argument "--port=5": expected --stdio or --node-ipc/],
    [['--node-ipc'], /needs a parent process with an IPC channel/],
  ])('the command line %j is refused in one sentence', (args, sentence) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [server, ...args], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
  });
});
