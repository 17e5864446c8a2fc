import { Buffer } from 'node:buffer';
import type { Base64 } from '../../base/base64.ts';
import type { NexusFailure } from '../../protocol/temporal/nexus.ts';

/*
 * Nexus failures as JSON (semantics §3.4). Their details are any JSON here, and JSON in base64 inside.
 */

/** Causes that a failure of a peer may have; more are taken for an attack. */
const DEPTH_MAX = 100;

export const writeFailure = (failure: NexusFailure): Buffer => Buffer.from(JSON.stringify(toJson(failure)));

/** `undefined` when the bytes are no failure. */
export function readFailure(body: Buffer): NexusFailure | undefined {
  try {
    return fromJson(JSON.parse(body.toString('utf8')), DEPTH_MAX);
  } catch {
    // No JSON, or JSON that is nested too deeply to be written down again.
    return undefined;
  }
}

function toJson({ message, stackTrace, metadata, details, cause }: NexusFailure): Record<string, unknown> {
  return {
    message: message ?? '',
    ...(stackTrace !== undefined && { stackTrace }),
    ...(metadata !== undefined && { metadata }),
    ...(details !== undefined && { details: parsed(details) }),
    ...(cause !== undefined && { cause: toJson(cause) }),
  };
}

function fromJson(value: unknown, depth: number): NexusFailure | undefined {
  if (!isPlain(value) || depth === 0) return undefined;
  const { message, stackTrace, metadata, details, cause } = value;
  const inner = cause === undefined || cause === null ? undefined : fromJson(cause, depth - 1);
  const isWrong =
    (message !== undefined && typeof message !== 'string') ||
    (stackTrace !== undefined && typeof stackTrace !== 'string') ||
    (cause !== undefined && cause !== null && inner === undefined) ||
    (metadata !== undefined && metadata !== null && !isTexts(metadata));
  if (isWrong) return undefined;
  return {
    ...(message !== undefined && { message }),
    ...(stackTrace !== undefined && { stackTrace }),
    ...(isTexts(metadata) && { metadata }),
    ...(details !== undefined && {
      details: Buffer.from(JSON.stringify(details)).toString('base64') as Base64,
    }),
    ...(inner !== undefined && { cause: inner }),
  };
}

function parsed(details: Base64): unknown {
  try {
    return JSON.parse(Buffer.from(details, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is Record<string, string> =>
  isPlain(value) && Object.values(value).every((text) => typeof text === 'string');
