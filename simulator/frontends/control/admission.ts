import type { IncomingMessage } from 'node:http';
import { protocolVersion, subprotocolOf } from '../../protocol/contract.ts';
import { sameToken } from './token.ts';

export interface AdmissionRules {
  readonly token: string;
  /** Origins of pages that may connect; requests of programs carry no origin. */
  readonly allowedOrigins: readonly string[];
  readonly sessionsMax: number;
}

/** Why a connection is not let in: an HTTP status and one sentence. */
export interface Rejection {
  readonly status: 400 | 401 | 403 | 404 | 503;
  readonly reason: string;
}

/** Requests name a path only; what it is relative to does not matter. */
const base = 'http://localhost';

/** Decides whether a request to open a WebSocket is let in; `undefined` means yes. */
export function rejectionOf(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  sessions: number,
  rules: AdmissionRules,
): Rejection | undefined {
  const target = request.url ?? '/';
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  if (url?.pathname !== '/') {
    return { status: 404, reason: `There is nothing at ${target.slice(0, 100)}; connect to / instead.` };
  }
  const { origin } = request.headers;
  // A browser always sends the origin of the page: this keeps foreign pages out even if they learn the token.
  if (origin !== undefined && !rules.allowedOrigins.includes(origin)) {
    return { status: 403, reason: `Pages of ${origin} may not connect to the simulator.` };
  }
  const token = bearer(request.headers.authorization) ?? url.searchParams.get('token');
  if (token === null || !sameToken(token, rules.token)) {
    const found = token === null ? 'is missing' : 'is wrong';
    const remedy = 'send the one the simulator printed as "Authorization: Bearer …" or "?token=…"';
    return { status: 401, reason: `The token ${found}; ${remedy}.` };
  }
  const offered = offeredProtocols(request.headers['sec-websocket-protocol']);
  if (offered.length > 0 && chooseProtocol(offered) === undefined) {
    const reason = `This simulator speaks ${spoken.join(', ')}, and the client offers ${offered.join(', ').slice(0, 200)}; update the older of the two.`;
    return { status: 400, reason };
  }
  if (sessions >= rules.sessionsMax) {
    const reason = `There are ${sessions} sessions already, which is the limit; close one and try again.`;
    return { status: 503, reason };
  }
  return undefined;
}

const bearer = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];

/** What a simulator of this version understands, the newest first. */
const spoken = Array.from({ length: protocolVersion }, (_, index) => subprotocolOf(protocolVersion - index));

/** The newest protocol that both sides speak. */
export const chooseProtocol = (offered: Iterable<string>): string | undefined => {
  const names = new Set(offered);
  return spoken.find((name) => names.has(name));
};

const offeredProtocols = (header: string | undefined): readonly string[] =>
  header === undefined ? [] : header.split(',').map((name) => name.trim());
