/**
 * Seeded pseudo-random integers. The same seed and the same calls give the same numbers on every machine.
 *
 * Integer arithmetic only. Streams are forked by name so that a new consumer does not shift the draws of the
 * others. The generator is xorshift128 seeded by a 32-bit FNV-1a hash; both are public-domain algorithms.
 */
export interface Prng {
  /** A whole number in `[0, limit)`; `limit` is a whole number in `[1, 2^32]`. */
  below(limit: number): number;
  /** True with probability `of / in`. */
  chance(odds: { readonly of: number; readonly in: number }): boolean;
  /** An independent stream that depends only on this stream's seed and `name`, not on what was drawn so far. */
  fork(name: string): Prng;
  /** A random (version 4) UUID. */
  uuid(): string;
  /** The words of the generator, for snapshots. */
  readonly state: readonly number[];
}

export function createPrng(seed: number | string, state?: readonly number[]): Prng {
  const label = String(seed);
  const words = Uint32Array.from(state ?? [1, 2, 3, 4].map((lane) => fnv1a(`${label}#${lane}`) || lane));
  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = words;
    let t = a ^ (a << 11);
    t ^= t >>> 8;
    const drawn = (d ^ (d >>> 19) ^ t) >>> 0;
    words.set([b, c, d, drawn]);
    return drawn;
  };
  const below = (limit: number): number => {
    // Draws past the last whole multiple of `limit` are thrown away, so that every value is equally likely.
    const bound = Math.trunc(2 ** 32 / limit) * limit;
    let drawn = next();
    while (drawn >= bound) drawn = next();
    return drawn % limit;
  };
  return {
    below,
    chance: (odds) => below(odds.in) < odds.of,
    fork: (name) => createPrng(`${label}/${name}`),
    uuid: () => uuidOf([next(), next(), next(), next()]),
    get state() {
      return [...words];
    },
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV alone leaves nearby seeds alike in the high bits; one avalanche round spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function uuidOf(words: readonly number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
