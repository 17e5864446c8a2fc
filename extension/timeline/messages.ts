/**
 * What the panel and its page say to one another. The panel has validated everything that comes from the
 * simulator; what comes from the page is checked here.
 */
import { err, ok, type Result } from '../../simulator/base/result.ts';
import type { ClockMode, ClockState, Verdict } from '../../simulator/protocol/contract.ts';
import type { CodeReference, Span } from '../../simulator/protocol/span.ts';
import type { SpanId } from '../../simulator/protocol/ids.ts';
import type { Instant } from '../../simulator/base/time.ts';

/** Where the panel's data comes from. */
export type Connection =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'connected'; readonly grpcAddress?: string }
  | { readonly kind: 'reconnecting' }
  /** Ended by itself; the sentence says why. */
  | { readonly kind: 'failed'; readonly message: string };

export type ToPage =
  | { readonly type: 'connection'; readonly connection: Connection }
  /** Spans that are new or changed. `first` starts a run afresh: everything before is forgotten. */
  | {
      readonly type: 'spans';
      readonly run: number;
      readonly first: boolean;
      /** Spans that are there no more; taken away before `spans` are taken in. */
      readonly removed?: readonly SpanId[];
      /** How many spans of this run are there no more; absent for as many as before. */
      readonly dropped?: number;
      readonly spans: readonly Span[];
      readonly now: Instant;
    }
  | { readonly type: 'clock'; readonly clock: ClockState }
  | { readonly type: 'finished'; readonly run: number; readonly name: string; readonly verdict: Verdict }
  | { readonly type: 'command'; readonly command: PageCommand };

/** Commands of the editor that the page carries out. */
export type PageCommand = 'focusSelection' | 'backToLive' | 'goToHandler' | 'help';

const codeRoles = ['handler', 'caller', 'contract'] as const;
export type CodeRole = (typeof codeRoles)[number];

export type FromPage =
  /** The page listens now and has no data yet. */
  | { readonly type: 'ready' }
  | { readonly type: 'jump'; readonly role: CodeRole; readonly code: CodeReference }
  | { readonly type: 'clock'; readonly mode: ClockMode }
  | { readonly type: 'run-world' }
  | { readonly type: 'start-simulator' };

const NAME_LENGTH_MAX = 4_096;

/** The only way a message of the page comes in: anything unknown is refused with a sentence. */
export function parseFromPage(value: unknown): Result<FromPage, string> {
  if (!isRecord(value)) return err('The timeline page sent a message that is not an object.');
  switch (value['type']) {
    case 'ready':
    case 'run-world':
    case 'start-simulator':
      return ok({ type: value['type'] });
    case 'clock':
      return parseClock(value['mode']);
    case 'jump':
      return parseJump(value);
    default:
      return err(`The timeline page sent a message of the unknown type ${JSON.stringify(value['type'])}.`);
  }
}

function parseClock(mode: unknown): Result<FromPage, string> {
  if (isRecord(mode) && (mode['mode'] === 'run' || mode['mode'] === 'paused'))
    return ok({ type: 'clock', mode: { mode: mode['mode'] } });
  return err("The timeline page asked for a clock mode other than 'run' and 'paused'.");
}

function parseJump(value: Readonly<Record<string, unknown>>): Result<FromPage, string> {
  const role = codeRoles.find((one) => one === value['role']);
  const code = parseCode(value['code']);
  if (role === undefined || code === undefined)
    return err('The timeline page asked for code without saying whose: role or code is missing.');
  return ok({ type: 'jump', role, code });
}

function parseCode(value: unknown): CodeReference | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, service, operation, endpoint, workflowType } = value;
  if (kind === 'workflow' && isName(workflowType)) return { kind, workflowType };
  if (kind !== 'operation' || !isName(service) || !isName(operation)) return undefined;
  return isName(endpoint) ? { kind, service, operation, endpoint } : { kind, service, operation };
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= NAME_LENGTH_MAX;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
