import { decodeText, encodeText } from '../base/base64.ts';

/** The kind of token that stands for a workflow run (semantics §8.6). */
const WORKFLOW_RUN = 1;

/** The token SDKs give an operation that a workflow backs: base64url without padding. */
export function writeOperationToken(namespace: string, workflowId: string): string {
  const text = JSON.stringify({ t: WORKFLOW_RUN, ns: namespace, wid: workflowId });
  return encodeText(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The workflow behind a token; `undefined` when it is not such a token, or one of another namespace. */
export function workflowIdOf(token: string, namespace: string): string | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(token) ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const { t, ns, wid } = value as Readonly<Record<string, unknown>>;
    return t === WORKFLOW_RUN && ns === namespace && typeof wid === 'string' ? wid : undefined;
  } catch {
    return undefined;
  }
}
