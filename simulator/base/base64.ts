import type { Brand } from './brand.ts';

/** Bytes in standard padded base64, as protobuf's JSON form writes them. */
export type Base64 = Brand<string, 'Base64'>;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = '='.charCodeAt(0);
/** How many characters one call makes; more arguments would overflow the stack. */
const CHUNK = 4_096;

/** Text → UTF-8 → base64. Pure rooms have neither `Buffer` nor `TextEncoder`. */
export function encodeText(text: string): Base64 {
  const bytes = utf8(text);
  const codes: number[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = [bytes[index], bytes[index + 1], bytes[index + 2]];
    codes.push(
      alphabet.charCodeAt(a >> 2),
      alphabet.charCodeAt(((a & 3) << 4) | ((b ?? 0) >> 4)),
      b === undefined ? PADDING : alphabet.charCodeAt(((b & 15) << 2) | ((c ?? 0) >> 6)),
      c === undefined ? PADDING : alphabet.charCodeAt(c & 63),
    );
  }
  return textOf(codes) as Base64;
}

/** Base64 (standard or URL alphabet, padding optional) → UTF-8 → text; `undefined` when it is not both. */
export function decodeText(encoded: string): string | undefined {
  const bytes = bytesOf(encoded.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/'));
  if (bytes === undefined) return undefined;
  if (bytes.every((byte) => byte < 0x80)) return textOf(bytes);
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return undefined;
  }
}

/** How many bytes the text stands for. */
export function byteLength(encoded: Base64): number {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return (encoded.length / 4) * 3 - padding;
}

/** How many bytes a text takes in UTF-8. */
export const utf8Length = (text: string): number => utf8(text).length;

/** Made in one piece: a text that grows by a character at a time keeps all its beginnings in memory. */
function textOf(codes: readonly number[]): string {
  if (codes.length <= CHUNK) return String.fromCharCode(...codes);
  const chunks: string[] = [];
  for (let index = 0; index < codes.length; index += CHUNK) {
    chunks.push(String.fromCharCode(...codes.slice(index, index + CHUNK)));
  }
  return chunks.join('');
}

/** The bytes of a text that is ASCII throughout, as nearly all are; `undefined` for any other. */
function ascii(text: string): number[] | undefined {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return undefined;
    bytes.push(code);
  }
  return bytes;
}

const utf8 = (text: string): number[] => ascii(text) ?? wideUtf8(text);

function wideUtf8(text: string): number[] {
  // A lone surrogate cannot be written in UTF-8; like TextEncoder, replace it.
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
  const bytes: number[] = [];
  for (let index = 0; index < escaped.length; index++) {
    if (escaped.charAt(index) === '%') {
      bytes.push(parseInt(escaped.slice(index + 1, index + 3), 16));
      index += 2;
    } else {
      bytes.push(escaped.charCodeAt(index));
    }
  }
  return bytes;
}

function bytesOf(digits: string): number[] | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}
