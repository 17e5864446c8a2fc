declare const brand: unique symbol;

/** A `T` that was checked or minted in one known place; plain `T`s are not assignable to it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
