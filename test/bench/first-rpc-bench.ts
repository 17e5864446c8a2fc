import { compare } from './comparison.ts';
import type { Bench } from './report.ts';

/** From the start of the process to its first answer over gRPC. */
export const firstRpcBench: Bench = () =>
  compare(7, ({ firstAnswerMilliseconds }) => ({ firstRpcMilliseconds: firstAnswerMilliseconds }));
