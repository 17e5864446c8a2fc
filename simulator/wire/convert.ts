/** Temporal's protobuf messages ⇄ this project's messages, for every type that the definitions know. */
import type { Buffer } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import { err, ok, type Result } from '../base/result.ts';
import { MessagePlans } from './message-plan.ts';
import { readMessage } from './read-message.ts';
import { WireError } from './wire-error.ts';
import { writeMessage } from './write-message.ts';

export interface Converter {
  /** Reads a message of this full name; an error is one sentence for whoever sent the bytes. */
  decode(type: string, bytes: Uint8Array): Result<unknown, string>;
  /** @throws TypeError naming the field when `message` does not fit the type: a bug of this program. */
  encode(type: string, message: unknown): Buffer;
}

/** `originMs`: wall-clock milliseconds since the Unix epoch that instant 0 stands for. */
export function createConverter(originMs: number): Converter {
  const plans = new MessagePlans();
  const context = { originMs, planNamed: (fullName: string) => plans.named(fullName) };
  return {
    decode: (type, bytes) => {
      const plan = plans.of(type);
      try {
        return ok(readMessage(plan, protobuf.Reader.create(bytes), context));
      } catch (problem) {
        return err(`The bytes are not a ${plan.name}: ${reason(problem)}. Send one as the API defines it.`);
      }
    },
    encode: (type, message) => {
      const writer = protobuf.Writer.create();
      writeMessage(plans.of(type), message, writer, context);
      return writer.finish() as Buffer;
    },
  };
}

function reason(problem: unknown): string {
  if (problem instanceof WireError) return problem.message;
  // The reader's own complaints: a length or a number runs past the end, or text is not UTF-8.
  return problem instanceof Error ? problem.message : String(problem);
}
