import { CancellationSource } from '../base/cancellation.ts';
import { instant } from '../base/time.ts';
import { Attachment } from '../cluster/attach.ts';
import { follow } from '../cluster/attach-follow.ts';
import { connect } from '../cluster/connect.ts';
import { clusterSettings } from '../cluster/settings.ts';
import type { TemporalPort } from '../protocol/temporal/port.ts';
import { spansOf } from '../spans/histories.ts';
import { ChangeReport } from './render-changes.ts';
import { renderHistories, type HistoryFormat } from './render-histories.ts';
import type { CommandContext } from './run.ts';
import { ExitCode, unusable } from './terminal.ts';

export interface AttachRequest {
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
  // Histories keep the server's times, so instants count from the Unix epoch.
  const connection = await connect(settings.value, 0);
  if (!connection.ok) return unusable(terminal, connection.error);
  const cancellation = new CancellationSource();
  void ending.asked.then(() => cancellation.cancel());
  const { port } = connection.value;
  const { namespace } = settings.value;
  try {
    return await attachOn({ port, namespace, signal: cancellation.signal }, request, context);
  } finally {
    connection.value.dispose();
  }
}

interface Server {
  readonly port: TemporalPort;
  readonly namespace: string;
  readonly signal: CancellationSource['signal'];
}

async function attachOn(
  { port, namespace, signal }: Server,
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
  if (request.follow === true) {
    const report = new ChangeReport(format, terminal);
    const tell = (): void => terminal.out(report.changesIn(spansOf(attachment.histories)));
    tell();
    await follow(attachment, { port, signal, onChange: tell });
    if (format === 'json') return ExitCode.passed;
    terminal.out('\n');
  }
  const { histories, notes } = attachment;
  terminal.out(renderHistories({ histories, notes }, format, terminal));
  return ExitCode.passed;
}
