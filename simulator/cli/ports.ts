import type { Result } from '../base/result.ts';
import { numberOption, type ParsedArguments } from './arguments.ts';

/** Where SDKs look for Temporal when they are told nothing. */
export const GRPC_PORT = 7233;

/** A TCP port that an option carries; 0 stands for one that is free. */
export const portOption = (parsed: ParsedArguments, name: string): Result<number | undefined, string> =>
  numberOption(parsed, name, { from: 0, to: 65_535 });
