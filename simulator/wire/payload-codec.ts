import type { Result } from '../base/result.ts';
import type { Payload } from '../protocol/temporal/common.ts';
import { createConverter } from './convert.ts';

const PAYLOAD = 'temporal.api.common.v1.Payload';

/** One payload as protobuf writes it, for frontends that carry payloads whole. */
export function createPayloadCodec(): {
  encode(payload: Payload): Uint8Array;
  decode(bytes: Uint8Array): Result<Payload, string>;
} {
  // A payload holds no times, so it does not matter where they begin.
  const converter = createConverter(0);
  return {
    encode: (payload) => converter.encode(PAYLOAD, payload),
    decode: (bytes) => converter.decode(PAYLOAD, bytes) as Result<Payload, string>,
  };
}
