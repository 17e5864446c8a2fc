/** Every seed that ever failed, with its story. They are played before the fresh ones. */
export const regressions: readonly { readonly seed: number; readonly story: string }[] = [];
