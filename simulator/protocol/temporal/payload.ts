import { encodeText } from '../../base/base64.ts';
import type { Payload } from './common.ts';

/** A value as the SDKs' default converter writes it: `json/plain`. */
export const jsonPayload = (value: unknown): Payload => ({
  metadata: { encoding: encodeText('json/plain') },
  data: encodeText(JSON.stringify(value)),
});
