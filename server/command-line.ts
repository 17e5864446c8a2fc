import { err, ok, type Result } from '../simulator/base/result.ts';

export type Transport = 'stdio' | 'node-ipc';

/** Reads the arguments behind the script's name. The error is one sentence for the user. */
export function parseCommandLine(
  args: readonly string[],
  hasParentChannel: boolean,
): Result<Transport, string> {
  const transports = args.filter((arg) => arg === '--stdio' || arg === '--node-ipc');
  const unknown = args.find((arg) => !/^--stdio$|^--node-ipc$|^--clientProcessId=\d+$/.test(arg));
  if (unknown !== undefined) {
    return err(
      `Unknown argument "${unknown}": expected --stdio or --node-ipc; start the server with one of these.`,
    );
  }
  const [transport, second] = transports;
  if (transport === undefined || second !== undefined) {
    return err(
      'The language server needs exactly one of --stdio and --node-ipc; start it with one of these.',
    );
  }
  if (transport === '--stdio') return ok('stdio');
  if (hasParentChannel) return ok('node-ipc');
  return err(
    '--node-ipc needs a parent process with an IPC channel; use --stdio when starting the server by hand.',
  );
}
