import { decodeText } from '../base/base64.ts';

/** The kind of token that stands for a workflow run (semantics §8.6). */
const WORKFLOW_RUN = 1;

/** The workflow that an operation's token names, when an SDK made it for one. */
export function readOperationToken(
  token: string | undefined,
): { readonly namespace: string; readonly workflowId: string } | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(token ?? '') ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const { t, ns, wid } = value as Readonly<Record<string, unknown>>;
    return t === WORKFLOW_RUN && typeof ns === 'string' && typeof wid === 'string'
      ? { namespace: ns, workflowId: wid }
      : undefined;
  } catch {
    return undefined;
  }
}
