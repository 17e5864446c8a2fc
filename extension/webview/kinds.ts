import type { SpanKind, SpanOutcome } from '../../simulator/protocol/span.ts';

/** A texture: kinds must be told apart without colour. */
export type Pattern = 'plain' | 'outline' | 'diagonal' | 'dots' | 'stripes' | 'cross' | 'bars';

/** Names of colours; the theme gives them their values. */
export type Ink =
  | 'background'
  | 'foreground'
  | 'muted'
  | 'grid'
  | 'focus'
  | 'now'
  | 'selection'
  | 'blue'
  | 'green'
  | 'orange'
  | 'purple'
  | 'red'
  | 'yellow'
  | 'grey';

interface Look {
  /** One word or two, as the legend and the screen reader say it. */
  readonly word: string;
  readonly glyph: string;
  readonly pattern: Pattern;
  readonly ink: Ink;
}

export const looks = {
  workflow: { word: 'workflow', glyph: '◆', pattern: 'outline', ink: 'foreground' },
  'workflow-task': { word: 'workflow task', glyph: '■', pattern: 'bars', ink: 'blue' },
  timer: { word: 'timer', glyph: '◷', pattern: 'stripes', ink: 'purple' },
  operation: { word: 'operation', glyph: '⬢', pattern: 'plain', ink: 'blue' },
  attempt: { word: 'attempt', glyph: '▶', pattern: 'plain', ink: 'green' },
  activity: { word: 'activity', glyph: '●', pattern: 'plain', ink: 'orange' },
  backoff: { word: 'backoff', glyph: '↻', pattern: 'diagonal', ink: 'orange' },
  'breaker-wait': { word: 'breaker wait', glyph: '⊗', pattern: 'cross', ink: 'red' },
  'rate-wait': { word: 'rate wait', glyph: '≡', pattern: 'bars', ink: 'yellow' },
  'queue-wait': { word: 'queue wait', glyph: '…', pattern: 'dots', ink: 'yellow' },
  handler: { word: 'handler', glyph: 'ƒ', pattern: 'plain', ink: 'purple' },
  update: { word: 'update', glyph: '✎', pattern: 'stripes', ink: 'blue' },
  callback: { word: 'callback', glyph: '↩', pattern: 'cross', ink: 'green' },
} as const satisfies Record<SpanKind, Look>;

/** How an outcome is said, and the mark at the end of a bar that did not go well. */
export const outcomes = {
  succeeded: { word: 'succeeded', mark: '' },
  failed: { word: 'failed', mark: '✕' },
  canceled: { word: 'canceled', mark: '⊘' },
  'timed-out': { word: 'timed out', mark: '⌛' },
  terminated: { word: 'terminated', mark: '■' },
} as const satisfies Record<SpanOutcome, { readonly word: string; readonly mark: string }>;
