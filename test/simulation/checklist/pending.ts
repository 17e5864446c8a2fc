/** Statements of the checklist that have no test here yet, or none here at all, with the reason. */
export const pending: readonly { readonly number: number; readonly why: string }[] = [
  ...among([50], 'needs external endpoint targets, which are called over HTTP'),
  ...among([65], 'is about the status of an HTTP response; what the caller sees of it is in [40]'),
  ...among([85, 86, 87, 88, 89, 90, 91], 'is about HTTP'),
];

/** Statements that are tested here as far as they need no wire, with what remains for it. */
export const wireParts: readonly { readonly number: number; readonly remains: string }[] = [
  { number: 11, remains: 'the status 404 that the sender of a second completion sees' },
  { number: 12, remains: 'the status 404 that its sender sees' },
  { number: 48, remains: 'an external handler with a token of 4097 bytes' },
  { number: 72, remains: 'the status 429 without Retry-After' },
  { number: 98, remains: 'workers of the other SDKs' },
];

function among(numbers: readonly number[], why: string): { readonly number: number; readonly why: string }[] {
  return numbers.map((number) => ({ number, why }));
}
