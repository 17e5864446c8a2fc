/** Every sentence about a problem that a user may read, each with what to do about it. */
import { assertNever } from '../simulator/base/assert.ts';
import { WORLD_TEXT_MAX, type ExpectationResult, type WorldProblem } from '../simulator/protocol/contract.ts';
import { WORLD_FILES_MAX, WORLD_FILES_TEXT_MAX } from '../simulator/protocol/world-files.ts';
import type { ClientError, StartFailure } from './clients/client-error.ts';
import type { Exit } from './clients/simulator-process.ts';
import type { CodeRole } from './timeline/messages.ts';

export const notTrusted = (): string =>
  'The simulator starts only in a trusted workspace, because it runs what world files describe. ' +
  'Trust this workspace with “Workspaces: Manage Workspace Trust”, then try again.';

export const noWorldFile = (): string =>
  'This workspace has no world file. Create a file whose name ends in “.nexus.yaml”, then run it.';

export const notAWorldFile = (path: string): string =>
  `“${path}” is not a world file. Open a file whose name ends in “.nexus.yaml”, then run it.`;

export const worldTooLarge = (name: string): string =>
  `“${name}” has more than ${WORLD_TEXT_MAX.toLocaleString('en')} characters. Split it into several world files.`;

export const worldFilesTooLarge = (name: string): string =>
  `“${name}” includes more than ${WORLD_FILES_MAX} files, or more than ` +
  `${WORLD_FILES_TEXT_MAX.toLocaleString('en')} characters. Include less, or run it with “nexus-sim run”.`;

export const simulatorNotRunning = (): string =>
  'The simulator is not running. Start it with “Nexus: Start Simulator”.';

export const clockNotPaused = (): string =>
  'The clock runs by itself. Pause it with “Nexus: Pause Clock” before you advance it.';

export function worldProblems(name: string, problems: readonly WorldProblem[]): string {
  const [first] = problems;
  const found = first && (first.origin ?? { ...first, file: name });
  const place = found === undefined ? name : `${found.file}:${found.line}:${found.column}`;
  const others = problems.length - 1;
  const more = others > 0 ? ` And ${others} more ${others === 1 ? 'problem' : 'problems'}.` : '';
  return `${place}: ${found?.message ?? 'The file cannot be run.'}${more}`;
}

export function expectationFailed(expectation: ExpectationResult): string {
  const found = expectation.found === undefined ? '' : ` Found: ${expectation.found}`;
  return `Expectation failed: ${expectation.text}.${found}`;
}

export function worldFailed(name: string, failed: readonly ExpectationResult[], total: number): string {
  const [first] = failed;
  const detail = first === undefined ? '' : ` ${expectationFailed(first)} (${placeOf(first)})`;
  return `${name}: ${failed.length} of ${total} expectations failed.${detail}`;
}

const placeOf = ({ line, origin }: ExpectationResult): string =>
  origin === undefined ? `line ${line}` : `${origin.file}:${origin.line}`;

export const simulatorExited = ({ code, lastLine }: Exit): string =>
  `The simulator ended by itself with ${codeText(code)}.${said(lastLine)} ` +
  'Start it again with “Nexus: Start Simulator”; its log may say more.';

export function startFailed(failure: StartFailure): string {
  switch (failure.kind) {
    case 'port-taken':
      return (
        `Port ${failure.port} on 127.0.0.1 is in use, probably by another Temporal server. ` +
        'Stop that server, or let the simulator use a free port.'
      );
    case 'not-started':
      return `The simulator could not be started: ${failure.reason}. Reinstall the extension if this stays.`;
    case 'exited':
      return (
        `The simulator ended with ${codeText(failure.code)} before it was ready.${said(failure.lastLine)} ` +
        'See its log with “Nexus: Show Simulator Log”.'
      );
    case 'bad-announcement':
      return (
        `The simulator did not say where it listens, but “${failure.line}”. ` +
        'Reinstall the extension: its parts do not fit together.'
      );
    case 'silent':
      return (
        `The simulator did not become ready within ${failure.withinMs / 1_000} seconds and was ended. ` +
        'Try again; see its log with “Nexus: Show Simulator Log”.'
      );
    case 'unreachable':
      return `The simulator runs but cannot be reached: ${failure.reason}. It was ended; try again.`;
    case 'stopped-meanwhile':
      return 'The simulator was stopped while it was starting. Start it again when you need it.';
    default:
      return assertNever(failure);
  }
}

export function requestFailed(error: ClientError): string {
  switch (error.kind) {
    case 'refused':
      return error.message;
    case 'disconnected':
      return 'The connection to the simulator was lost. Try again; it is restored while the simulator runs.';
    case 'invalid-reply':
      return (
        `The simulator answered “${error.method}” in a form that this extension does not know. ` +
        'Reinstall the extension: its parts do not fit together.'
      );
    default:
      return assertNever(error);
  }
}

const sides = {
  handler: 'handler',
  caller: 'caller',
  contract: 'contract',
} as const satisfies Record<CodeRole, string>;

export const codeNotFound = (role: CodeRole, name: string): string =>
  `No ${sides[role]} of “${name}” was found in this workspace. Open the folder that has its code, or check the name.`;

export const workflowNotFound = (workflowType: string): string =>
  `No code of the workflow type “${workflowType}” was found in this workspace. ` +
  'Open the folder that has it, and one of its files, so that its language server runs.';

export const languageServerFailed = (reason: string): string =>
  `The Nexus language server could not be started: ${reason}. ` +
  'Try “Nexus: Restart Language Server”; its output may say more.';

const codeText = (code: number | null): string => (code === null ? 'a signal' : `exit code ${code}`);

const said = (line: string): string => (line === '' ? '' : ` It last said: “${line}”`);
