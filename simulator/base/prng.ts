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
  let [a = 0, b = 0, c = 0, d = 0] = words;
  const next = (): number => {
    let t = a ^ (a << 11);
    t ^= t >>> 8;
    a = b;
    b = c;
    c = d;
    d = (d ^ (d >>> 19) ^ t) >>> 0;
    return d;
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
      return [a, b, c, d];
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

const hexDigits = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const HYPHEN = '-'.charCodeAt(0);

function uuidOf([a, b, c, d]: readonly [number, number, number, number]): string {
  const words = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d];
  const codes: number[] = [];
  for (let digit = 0; digit < 32; digit++) {
    if (digit === 8 || digit === 12 || digit === 16 || digit === 20) codes.push(HYPHEN);
    codes.push(hexDigits[((words[digit >> 3] ?? 0) >>> (28 - 4 * (digit & 7))) & 0xf] ?? 0);
  }
  return String.fromCharCode(...codes);
}
