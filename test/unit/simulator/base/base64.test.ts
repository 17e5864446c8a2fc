import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteLength, decodeText, encodeText, utf8Length } from '../../../../simulator/base/base64.ts';

/** Text of any code points, and of any code units: lone surrogates too. */
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), codeUnits());

function codeUnits(): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units));
}

describe('text in base64', () => {
  // The test vectors of RFC 4648, section 10.
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('"%s" is "%s"', (text, encoded) => {
    expect(encodeText(text)).toBe(encoded);
    expect(decodeText(encoded)).toBe(text);
  });

  test('is what Node makes of it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = Buffer.from(text, 'utf8');
        const encoded = encodeText(text);
        expect(encoded).toBe(bytes.toString('base64'));
        expect(byteLength(encoded)).toBe(bytes.length);
        expect(utf8Length(text)).toBe(bytes.length);
        expect(decodeText(encoded)).toBe(bytes.toString('utf8'));
      }),
      { seed: 1 },
    );
  });

  test('is read in the URL alphabet and without padding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeText(Buffer.from(text, 'utf8').toString('base64url'))).toBe(text);
      }),
      { seed: 1 },
    );
  });

  test('writes a lone surrogate as the replacement character', () => {
    expect(decodeText(encodeText('a\ud800b'))).toBe('a\ufffdb');
  });
});

describe('what is not text in base64', () => {
  test.each(['*', 'Zm 9v', 'Zm9v\n', 'Zg==Zg==', 'é'])('"%s" has a digit that is none', (encoded) => {
    expect(decodeText(encoded)).toBeUndefined();
  });

  test('bytes that are not UTF-8 are refused', () => {
    const isUtf8 = (bytes: Uint8Array): boolean => {
      try {
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        const decoded = decodeText(Buffer.from(bytes).toString('base64'));
        expect(decoded).toBe(isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : undefined);
      }),
      {
        seed: 1,
        examples: [[Uint8Array.of(0xff)], [Uint8Array.of(0xc0, 0x80)], [Uint8Array.of(0xed, 0xa0, 0x80)]],
      },
    );
  });
});
