import { CancellationSource } from '../base/cancellation.ts';
import { instant } from '../base/time.ts';
import { Attachment } from '../cluster/attach.ts';
import { follow } from '../cluster/attach-follow.ts';
import { codecOf, type CodecRequest, type RemoteCodec } from '../cluster/codec.ts';
import { connect } from '../cluster/connect.ts';
import { clusterSettings } from '../cluster/settings.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { spansOf } from '../spans/histories.ts';
import type { RunHistory } from '../spans/run-history.ts';
import { ChangeReport } from './render-changes.ts';
import { renderHistories, type HistoryFormat } from './render-histories.ts';
import type { CommandContext } from './run.ts';
import { ExitCode, unusable } from './terminal.ts';

export interface AttachRequest extends CodecRequest {
  readonly workflow: string;
  readonly namespace?: string;
  readonly runId?: string;
  readonly follow?: boolean;
  readonly runs: number;
  readonly format: HistoryFormat;
}

/** Draws what a server tells of a workflow and of all that it leads to. Nothing is changed there. */
export async function attach(
  address: string | undefined,
  request: AttachRequest,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, ending } = context;
  const settings = clusterSettings({
    ...(address !== undefined && { address }),
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    env: process.env,
  });
  if (!settings.ok) return unusable(terminal, settings.error);
  const codec = codecOf(request);
  if (!codec.ok) return unusable(terminal, codec.error);
  // Histories keep the server's times, so instants count from the Unix epoch.
  const connection = await connect(settings.value, 0);
  if (!connection.ok) return unusable(terminal, connection.error);
  const cancellation = new CancellationSource();
  void ending.asked.then(() => cancellation.cancel());
  const { port } = connection.value;
  const { namespace } = settings.value;
  try {
    const server = { port, namespace, codec: codec.value, signal: cancellation.signal };
    return await attachOn(server, request, context);
  } finally {
    connection.value.dispose();
  }
}

interface Server {
  readonly port: TemporalPort;
  readonly namespace: string;
  readonly codec: RemoteCodec | undefined;
  readonly signal: CancellationSource['signal'];
}

async function attachOn(
  { port, namespace, codec, signal }: Server,
  request: AttachRequest,
  { terminal, wiring }: CommandContext,
): Promise<ExitCode> {
  const attachment = new Attachment({
    port,
    now: () => instant(wiring.wallNow()),
    runsMax: request.runs,
    signal,
  });
  const { workflow: workflowId, runId, format } = request;
  const opened = await attachment.open({ namespace, workflowId, ...(runId !== undefined && { runId }) });
  if (!opened.ok) return unusable(terminal, opened.error);
  const decoded = async (): Promise<readonly RunHistory[]> =>
    (await codec?.decode(attachment.histories)) ?? attachment.histories;
  if (request.follow === true) {
    const report = new ChangeReport(format, terminal);
    const tell = async (): Promise<void> => terminal.out(report.changesIn(spansOf(await decoded())));
    // One after the other: decoding takes its time.
    let telling = tell();
    const onChange = (): void => {
      telling = telling.then(tell);
    };
    await follow(attachment, { port, signal, onChange });
    await telling;
    if (format === 'json') return ExitCode.passed;
    terminal.out('\n');
  }
  const histories = await decoded();
  const notes = [...attachment.notes, ...(codec?.notes ?? [])];
  terminal.out(renderHistories({ histories, notes }, format, terminal));
  return ExitCode.passed;
}
