// The probe: a tiny extension beside the one under test, through which a test asks the extension host.
import { connect } from 'node:net';
import * as vscode from 'vscode';
import { readJsonLines, writeJsonLine } from '../json-lines.ts';
import { probeVariable } from '../probe-contract.ts';
import type { ProbeAnswer, ProbeCall, ProbeHello } from '../probe-contract.ts';
import { answers } from './answers.ts';

/** Connects to the driver. Without the driver's address in the environment the probe stays quiet. */
export function activate(context: vscode.ExtensionContext): void {
  const address = process.env[probeVariable];
  if (address === undefined) return;
  const [host = '', port = '', token = ''] = address.split(':');
  const socket = connect(Number(port), host, () => {
    writeJsonLine(socket, { token } satisfies ProbeHello);
  });
  socket.on('error', () => socket.destroy());
  readJsonLines(socket, (value) => {
    void answer(value as ProbeCall).then((result) => {
      if (!socket.destroyed) writeJsonLine(socket, result);
    });
  });
  context.subscriptions.push(new vscode.Disposable(() => socket.destroy()));
}

async function answer({ id, method, params }: ProbeCall): Promise<ProbeAnswer> {
  try {
    const reply = answers[method] as (params: unknown) => unknown;
    return { id, result: asJson(await reply(params)) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A command may answer with anything; what JSON can't say becomes its description. */
function asJson(value: unknown): unknown {
  if (value === undefined) return null;
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return `a ${typeof value} that JSON can not say`;
  }
}
