/** Statements of the checklist that have no test, with the reason; none at present. */
export const pending: readonly { readonly number: number; readonly why: string }[] = [];

/** Statements that are tested here as far as they need no wire, with what remains for it. */
export const wireParts: readonly { readonly number: number; readonly remains: string }[] = [
  { number: 98, remains: 'workers of the other SDKs' },
];
