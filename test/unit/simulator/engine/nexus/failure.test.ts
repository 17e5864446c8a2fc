import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../../../../simulator/base/base64.ts';
import { operationEnd } from '../../../../../simulator/engine/nexus/failure.ts';
import { fromHandlerError } from '../../../../../simulator/protocol/temporal/nexus-failure.ts';
import type { NexusFailure } from '../../../../../simulator/protocol/temporal/nexus.ts';

const details = (value: unknown) => encodeText(JSON.stringify(value));
const failed = (failure: NexusFailure) =>
  operationEnd({ operationError: { operationState: 'failed', failure } });

describe('an operation error in the old form', () => {
  test('of metadata type Failure is that very failure', () => {
    const end = failed({
      message: 'declined',
      stackTrace: 'at charge',
      metadata: { type: 'temporal.api.failure.v1.Failure' },
      details: details({
        applicationFailureInfo: { type: 'Declined', nonRetryable: true, nextRetryDelay: '1.5s' },
      }),
    });
    expect(end).toEqual({
      state: 'FAILED',
      cause: {
        message: 'declined',
        stackTrace: 'at charge',
        applicationFailureInfo: { type: 'Declined', nonRetryable: true, nextRetryDelay: 1_500 },
      },
    });
  });

  test('of type OperationError is a failure of that type, or a cancellation', () => {
    const metadata = { type: 'nexus.OperationError' };
    expect(failed({ message: 'm', metadata, details: details({ state: 'failed' }) })?.cause).toEqual({
      message: 'm',
      applicationFailureInfo: { type: 'OperationError', nonRetryable: true },
    });
    expect(failed({ message: 'm', metadata, details: details({ state: 'canceled' }) })?.cause).toEqual({
      message: 'm',
      canceledFailureInfo: {},
    });
  });

  test('of any other type keeps all it had as one detail', () => {
    const cause = failed({ message: 'm', metadata: { colour: 'red' }, details: details([1]) })?.cause;
    expect(cause?.applicationFailureInfo?.type).toBe('NexusFailure');
    const payload = cause?.applicationFailureInfo?.details?.payloads?.[0];
    expect(JSON.parse(decodeText(payload?.data ?? '') ?? '')).toEqual({
      metadata: { colour: 'red' },
      details: '[1]',
    });
  });

  test('with a cause keeps the chain', () => {
    const cause = failed({ message: 'outer', cause: { message: 'inner' } })?.cause;
    expect(cause?.cause?.message).toBe('inner');
  });
});

test('an operation error in the new form is itself', () => {
  const failure = { message: 'm', applicationFailureInfo: { type: 'T' } };
  expect(operationEnd({ failure })).toEqual({ state: 'FAILED', cause: failure });
  const canceled = { message: 'm', canceledFailureInfo: {} };
  expect(operationEnd({ failure: canceled })).toEqual({ state: 'CANCELED', cause: canceled });
  expect(operationEnd({ syncSuccess: {} })).toBeUndefined();
});

test('a handler error in the old form keeps type, override and cause', () => {
  expect(
    fromHandlerError({
      errorType: 'INTERNAL',
      retryBehavior: 'NON_RETRYABLE',
      failure: {
        message: 'inner',
        metadata: { type: 'nexus.HandlerError' },
        details: details({ type: 'NOT_FOUND', retryableOverride: true }),
      },
    }),
  ).toEqual({
    message: 'inner',
    nexusHandlerFailureInfo: { type: 'INTERNAL', retryBehavior: 'NON_RETRYABLE' },
    cause: { message: 'inner', nexusHandlerFailureInfo: { type: 'NOT_FOUND', retryBehavior: 'RETRYABLE' } },
  });
});
