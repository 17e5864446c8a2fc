import type { LocateParams, LocateResult } from '../../server/protocol/messages.ts';

/** What this extension asks of its language server. */
export interface LanguageServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  locate(params: LocateParams): Promise<LocateResult>;
}
