import { clockModeSchema, type ClockMode } from './contract.ts';

/** How virtual time goes, in the words of people: on the command line, in world files and in the editor's settings. */
export const timeWords = {
  real: { mode: 'paced', rate: 1 },
  skip: { mode: 'run' },
  paused: { mode: 'paused' },
} as const satisfies Record<string, ClockMode>;

/** The texts that {@link parseTimeMode} may read. */
export const timePattern = '^(real|skip|paused|paced:\\d+(\\.\\d+)?)$';

export const timeExpected = 'real, skip, paused, or paced:N with N from above 0 to 1000';

/** Reads `real`, `skip`, `paused` or `paced:10`. Returns `undefined` for anything else. */
export function parseTimeMode(text: string): ClockMode | undefined {
  if (!new RegExp(timePattern).test(text)) return undefined;
  if (text in timeWords) return timeWords[text as keyof typeof timeWords];
  return clockModeSchema.safeParse({ mode: 'paced', rate: Number(text.slice('paced:'.length)) }).data;
}
