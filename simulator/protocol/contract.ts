/**
 * The control contract: JSON-RPC 2.0 over WebSocket between the simulator and whoever shows or steers it.
 * Every side imports this file; the static types are derived from the schemas.
 */
import * as z from 'zod';
import { consoleRequests } from './console-requests.ts';
import { duration, empty, instant, message, type Method } from './contract-values.ts';
import { recordingRequests } from './recording-requests.ts';
import type { SpanId } from './ids.ts';
import { WORLD_FILES_MAX, WORLD_FILES_TEXT_MAX } from './world-files.ts';
import { spanKinds, type Span, type SpanKind } from './span.ts';

/** Raised when a change is not additive. */
export const protocolVersion = 1;

/** A client offers the versions it speaks as WebSocket subprotocols; one that offers none is taken to speak 1. */
export const subprotocolOf = (version: number): string => `nexus-control.v${version}`;

/** Largest text of a world file, in characters. */
export const WORLD_TEXT_MAX = 1_048_576;

export const clockModeSchema = z.discriminatedUnion('mode', [
  /** Jumps to the next deadline whenever nothing is runnable. */
  z.strictObject({ mode: z.literal('run') }),
  /** Advances with the wall clock, `rate` virtual milliseconds for each real one. */
  z.strictObject({ mode: z.literal('paced'), rate: z.number().positive().max(1_000) }),
  z.strictObject({
    mode: z.literal('paused'),
    /** What participants and workers do waits, too, until it is stepped through. */
    holdInputs: z.boolean().exactOptional(),
  }),
]);
export type ClockMode = z.infer<typeof clockModeSchema>;

const clockState = z.object({
  now: instant,
  mode: clockModeSchema,
  nextDeadline: instant.optional(),
  /** Inputs that wait to be stepped through; absent when there are none. */
  waitingInputs: z.number().optional(),
});
export type ClockState = z.infer<typeof clockState>;

/** Where a run stops by itself. */
export const runGoalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instant'), at: instant }),
  /** When all timers of the next instant at which any is due have fired. */
  z.strictObject({ kind: z.literal('next-deadline') }),
  /** When a failed or refused attempt has been made again. */
  z.strictObject({ kind: z.literal('next-retry') }),
  /** When nothing is left to happen. */
  z.strictObject({ kind: z.literal('idle') }),
]);
export type RunGoal = z.infer<typeof runGoalSchema>;

const overrun = z.object({
  message: z.string(),
  keptAlive: z.array(z.object({ what: z.string(), count: z.number() })),
});

const kinds = Object.keys(spanKinds) as [SpanKind, ...SpanKind[]];
const spanId = z.string().transform((value) => value as SpanId);

const span: z.ZodType<Span> = z.object({
  id: spanId,
  kind: z.enum(kinds),
  parent: spanId.exactOptional(),
  name: z.string(),
  lane: z.object({ namespace: z.string(), track: z.string() }),
  start: instant,
  end: instant.exactOptional(),
  outcome: z.enum(['succeeded', 'failed', 'canceled', 'timed-out', 'terminated']).exactOptional(),
  failure: z.array(z.string()).exactOptional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  causes: z.array(spanId),
  code: z
    .union([
      z.object({
        kind: z.literal('operation'),
        service: z.string(),
        operation: z.string(),
        endpoint: z.string().exactOptional(),
      }),
      z.object({ kind: z.literal('workflow'), workflowType: z.string() }),
    ])
    .exactOptional(),
});

const placed = {
  /** One sentence: what is wrong, what was expected, what to do. */
  message: z.string(),
  /** 1-based. */
  line: z.number(),
  /** 1-based, in UTF-16 units. */
  column: z.number(),
  length: z.number(),
};
const problem = z.object({
  ...placed,
  /**
   * What is wrong and where, when that is in another file than the one that is run. The place above is then where
   * that file is named, and the sentence above begins with its place.
   */
  origin: z.object({ file: z.string(), ...placed }).exactOptional(),
});
/** Something wrong in a world file, with its place in the file that is run. */
export type WorldProblem = z.infer<typeof problem>;

const expectationResult = z.object({
  /** The expectation as the file states it. */
  text: z.string(),
  line: z.number(),
  /** Where it is, when that is in another file than the one that is run; `line` then names that file. */
  origin: z.object({ file: z.string(), line: z.number() }).exactOptional(),
  passed: z.boolean(),
  /** What was found instead; present when it did not pass. */
  found: z.string().optional(),
});
export type ExpectationResult = z.infer<typeof expectationResult>;

const verdict = z.object({
  passed: z.boolean(),
  expectations: z.array(expectationResult),
  /** Virtual time at the end. */
  endedAt: instant,
});
export type Verdict = z.infer<typeof verdict>;

const worldTexts = {
  /** How messages call the file; paths in it are relative to this one. */
  name: z.string().max(4_096),
  text: z.string().max(WORLD_TEXT_MAX),
  /** Included files and contracts by their paths. Without this, nothing can be included and no contract is checked. */
  files: z
    .record(z.string().min(1).max(4_096), z.string().max(WORLD_TEXT_MAX))
    .refine((files) => Object.keys(files).length <= WORLD_FILES_MAX, `at most ${WORLD_FILES_MAX} files`)
    .refine(
      (files) => Object.values(files).reduce((sum, text) => sum + text.length, 0) <= WORLD_FILES_TEXT_MAX,
      `at most ${WORLD_FILES_TEXT_MAX} characters in all files`,
    )
    .exactOptional(),
};

export const requests = {
  'simulator/describe': {
    params: empty,
    result: z.object({
      protocolVersion: z.number(),
      version: z.string(),
      /** `host:port` of the gRPC frontend; absent when it is not served. */
      grpcAddress: z.string().optional(),
      /** `host:port` of Nexus over HTTP; absent when it is not served. */
      httpAddress: z.string().optional(),
      /** Wall-clock milliseconds since the Unix epoch that virtual time 0 stands for. */
      originMs: z.number(),
      clock: clockState,
      /** The world that is loaded, if any. */
      world: z.object({ name: z.string(), run: z.number(), seed: z.number() }).optional(),
    }),
  },
  /**
   * The paths that a world names, in itself and in those of its files that are given, worked out from `name`; in their
   * last part `*` stands for any part of a name. Changes nothing. Ask again with their texts, until there are no others.
   */
  'world/files': {
    params: z.strictObject(worldTexts),
    result: z.object({ paths: z.array(z.string()) }),
  },
  /** Throws the present world away and runs this one from virtual time 0. */
  'world/run': {
    params: z.strictObject({
      ...worldTexts,
      seed: z.number().int().nonnegative().optional(),
    }),
    result: z.object({
      /** Absent when `problems` is not empty: then nothing was changed. */
      run: z.number().optional(),
      problems: z.array(problem),
    }),
  },
  'clock/set': { params: clockModeSchema, result: clockState },
  /** Moves a paused clock forward, firing what comes due on the way; refused unless paused. */
  'clock/advance': { params: z.strictObject({ by: duration }), result: clockState },
  /**
   * Takes the input that has waited longest, or fires one timer when none waits, and lets what it set off come to
   * rest; refused unless paused.
   */
  'clock/step': {
    params: empty,
    result: z.object({
      clock: clockState,
      kind: z.enum(['input', 'timer', 'nothing']),
      /** What was done, for people. */
      what: z.string(),
    }),
  },
  /** Runs as fast as possible until the goal is reached and pauses there. The answer comes then. */
  'clock/runUntil': {
    params: z.strictObject({ goal: runGoalSchema }),
    result: z.object({
      clock: clockState,
      /**
       * `idle`: nothing is left to happen; `horizon`: it might go on for ever; `bounded`: too many steps;
       * `interrupted`: the clock was set meanwhile.
       */
      ended: z.enum(['reached', 'idle', 'horizon', 'bounded', 'interrupted']),
      /** Present when it was stopped: one sentence, and what it did over and over. */
      overrun: overrun.optional(),
    }),
  },
  ...consoleRequests,
  ...recordingRequests,
  /** From here on this connection gets `facts/recorded`. */
  'facts/subscribe': { params: empty, result: z.object({ run: z.number(), now: instant }) },
  'facts/unsubscribe': { params: empty, result: empty },
  /** From here on this connection gets `timeline/changed`. */
  'timeline/subscribe': {
    params: empty,
    result: z.object({
      run: z.number(),
      spans: z.array(span),
      now: instant,
      /** How many spans of this run are there no more; absent for none. */
      dropped: z.number().exactOptional(),
    }),
  },
  'timeline/unsubscribe': { params: empty, result: empty },
  /** Answers, then ends the process in an orderly way. */
  'simulator/shutdown': { params: empty, result: empty },
} as const satisfies Record<string, Method>;

export const notifications = {
  /** Spans that are new or changed since the last message. A higher `run` means: forget all earlier spans. */
  'timeline/changed': z.object({
    run: z.number(),
    spans: z.array(span),
    now: instant,
    /**
     * Spans that are there no more, to be taken away before `spans` are taken in: their runs have been forgotten, or there were too many (limits `retention`,
     * `closedRunsMax` and `spansMax`).
     */
    removed: z.array(spanId).exactOptional(),
    /** How many spans of this run are there no more, seen or not; present with `removed`. */
    dropped: z.number().exactOptional(),
  }),
  'clock/changed': clockState,
  /**
   * What the machine found to have happened, in order, each with its `kind` and `at`. A client that reads too slowly
   * loses the oldest; `dropped` says how many since the last message.
   */
  'facts/recorded': z.object({
    run: z.number(),
    facts: z.array(message),
    dropped: z.number(),
  }),
  'world/finished': z.object({ run: z.number(), name: z.string(), verdict }),
} as const satisfies Record<string, z.ZodType>;

export type RequestMethod = keyof typeof requests;
export type ParamsOf<M extends RequestMethod> = z.infer<(typeof requests)[M]['params']>;
export type ResultOf<M extends RequestMethod> = z.infer<(typeof requests)[M]['result']>;
export type NotificationMethod = keyof typeof notifications;
export type NotificationParams<M extends NotificationMethod> = z.infer<(typeof notifications)[M]>;

/** JSON-RPC error codes in use; the first four are the standard's own. */
export const rpcErrors = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  /** The simulator understood and refused; the message says why and what to do. */
  refused: -32000,
} as const;
