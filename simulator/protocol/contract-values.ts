/** Schemas of values that many messages of the control contract are made of. */
import * as z from 'zod';
import type { DurationMs, Instant } from '../base/time.ts';

export const instant = z.number().transform((value) => value as Instant);
export const duration = z
  .number()
  .nonnegative()
  .transform((value) => value as DurationMs);
export const empty = z.strictObject({});

/** A name or an id; the machine has rules of its own beyond this. */
export const name = z.string().min(1).max(1_000);

/** A message of Temporal's API in this project's form (`protocol/temporal/common.ts`); it may grow. */
export const message = z.record(z.string(), z.unknown());

/** A method's parameters and result. */
export interface Method {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}
