// What a test may ask of a running extension host, through the probe extension installed in it.
// One JSON value per line, over a loopback socket. Lines and columns count from 1, as the status bar shows them.
import type { TestRecord } from '../../setup/test-record.ts';

/** The environment variable in which the probe finds `host:port:token`. */
export const probeVariable = 'NEXUS_TEST_PROBE';

export interface ProbeRequests {
  /** Runs a command. An argument `{ $path: '/a/file' }` arrives as that file's Uri. */
  readonly command: {
    readonly params: { readonly id: string; readonly args: readonly unknown[] };
    readonly result: unknown;
  };
  /** The commands that are registered, by id. */
  readonly commands: { readonly params: object; readonly result: readonly string[] };
  /** Opens a file in an editor, the cursor at the start of a line. */
  readonly show: { readonly params: { readonly path: string; readonly line: number }; readonly result: null };
  /** The editor that has the focus, if any. */
  readonly activeEditor: { readonly params: object; readonly result: ActiveEditor | null };
  /** What the Problems view says of a file. */
  readonly diagnostics: {
    readonly params: { readonly path: string };
    readonly result: readonly Diagnosis[];
  };
  /** Where the definition providers lead from a position. */
  readonly definition: {
    readonly params: { readonly path: string } & Position;
    readonly result: readonly Target[];
  };
  /** Whether an extension is installed and active. */
  readonly extension: { readonly params: { readonly id: string }; readonly result: ExtensionState };
  /** Runs the mocha suites that a script exports as `runHostSuites`. */
  readonly runSuites: {
    readonly params: { readonly script: string };
    readonly result: readonly TestRecord[];
  };
}

export type ProbeMethod = keyof ProbeRequests;
export type ProbeParams<M extends ProbeMethod> = ProbeRequests[M]['params'];
export type ProbeResult<M extends ProbeMethod> = ProbeRequests[M]['result'];

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface ActiveEditor {
  readonly path: string;
  readonly language: string;
  readonly selection: Range;
}

export interface Diagnosis {
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  /** Who says it, for example a language server's name; empty when it doesn't say. */
  readonly source: string;
  readonly code: string;
  readonly range: Range;
}

export interface Target {
  readonly path: string;
  readonly range: Range;
}

export type ExtensionState = 'absent' | 'inactive' | 'active';

/** The first line of a connection, by which the driver knows the probe. */
export interface ProbeHello {
  readonly token: string;
}

export interface ProbeCall {
  readonly id: number;
  readonly method: ProbeMethod;
  readonly params: unknown;
}

export type ProbeAnswer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };
