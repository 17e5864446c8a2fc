import {
  LanguageClient,
  RequestType,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { locateRequest, type LocateParams, type LocateResult } from '../../server/protocol/messages.ts';
import { SETTINGS_SECTION } from '../contributions.ts';
import type { LanguageServer } from './language-server.ts';

const locate = new RequestType<LocateParams, LocateResult, void>(locateRequest);

const languages = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'];

/** Starts the language server as a Node process beside the extension host; it is restarted when it crashes. */
export function createLanguageServer(program: string): LanguageServer {
  const server = { module: program, transport: TransportKind.ipc };
  const serverOptions: ServerOptions = { run: server, debug: server };
  const clientOptions: LanguageClientOptions = {
    documentSelector: [
      ...languages.map((language) => ({ scheme: 'file', language })),
      // Contracts refer to plain schema files, whose unsaved text counts as well.
      { scheme: 'file', pattern: '**/*.{yaml,yml,json}' },
    ],
    // The client reads `<id>.trace.server` by itself.
    diagnosticCollectionName: SETTINGS_SECTION,
  };
  const client = new LanguageClient(SETTINGS_SECTION, 'Nexus Language Server', serverOptions, clientOptions);
  return {
    start: () => client.start(),
    stop: () => client.stop(),
    restart: () => client.restart(),
    locate: (params) => client.sendRequest(locate, params),
  };
}
