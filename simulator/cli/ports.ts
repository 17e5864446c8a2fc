import type { Option } from 'commander';
import { numberOption } from './arguments.ts';

/** Where SDKs look for Temporal when they are told nothing. */
export const GRPC_PORT = 7233;

/** Where a Temporal server takes Nexus over HTTP. */
export const HTTP_PORT = 7243;

/** An option that carries a TCP port; 0 stands for one that is free. */
export const portOption = (flags: string, doc: string): Option =>
  numberOption(flags, doc, { from: 0, to: 65_535 });
