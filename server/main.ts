// Entry of the language server: node dist/server.cjs --stdio | --node-ipc
import process from 'node:process';
import {
  createConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ProposedFeatures,
  type Connection,
} from 'vscode-languageserver/node';
import { parseCommandLine, type Transport } from './command-line.ts';
import { composeServer } from './compose.ts';

const usageErrorCode = 2;

async function main(): Promise<void> {
  const [, script = '', ...args] = process.argv;
  const transport = parseCommandLine(args, process.send !== undefined);
  if (!transport.ok) {
    process.stderr.write(`${transport.error}\n`);
    process.exitCode = usageErrorCode;
    return;
  }
  const server = await composeServer(connect(transport.value), script);
  server.listen();
}

function connect(transport: Transport): Connection {
  if (transport === 'stdio') return createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  return createConnection(ProposedFeatures.all, new IPCMessageReader(process), new IPCMessageWriter(process));
}

main().catch((failure: unknown) => {
  const reason = failure instanceof Error ? failure.message : String(failure);
  process.stderr.write(`The language server could not start: ${reason}\n`);
  process.exitCode = 1;
});
