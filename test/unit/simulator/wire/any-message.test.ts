import { expect, test } from 'vitest';
import { createConverter } from '../../../../simulator/wire/convert.ts';

const converter = createConverter(0);
const message = 'temporal.api.protocol.v1.Message';

test('a message of a known type in an Any is read and written whole', () => {
  const update = {
    id: 'u1/request',
    body: { type: 'temporal.api.update.v1.Request', message: { meta: { updateId: 'u1' } } },
  };
  const bytes = converter.encode(message, update);
  expect(bytes.toString('latin1')).toContain('type.googleapis.com/temporal.api.update.v1.Request');
  expect(converter.decode(message, bytes)).toEqual({ ok: true, value: update });
});

test('a message of an unknown type in an Any stays in bytes', () => {
  const unknown = { body: { typeUrl: 'type.googleapis.com/other.Message', value: 'AQID' } };
  expect(converter.decode(message, converter.encode(message, unknown))).toEqual({ ok: true, value: unknown });
});

test('an Any whose bytes are not what it says is refused', () => {
  const broken = { body: { typeUrl: 'type.googleapis.com/temporal.api.update.v1.Request', value: 'CgUB' } };
  expect(converter.decode(message, converter.encode(message, broken)).ok).toBe(false);
});
