import { extend } from '../../base/extend.ts';
import type { Link, NexusOperationLink, WorkflowEventLink, WorkflowLink } from './common.ts';
import type { NexusLink } from './nexus.ts';

/*
 * Links between executions in the two forms they travel in (semantics §1.6): as a message inside Temporal, as a
 * URL inside Nexus. Links of unknown type or with a malformed URL are skipped, never an error.
 */

const WORKFLOW_EVENT = 'temporal.api.common.v1.Link.WorkflowEvent';

const NEXUS_OPERATION = 'temporal.api.common.v1.Link.NexusOperation';

const WORKFLOW = 'temporal.api.common.v1.Link.Workflow';

export const toNexusLinks = (links: readonly Link[]): NexusLink[] =>
  links.flatMap(({ workflowEvent, nexusOperation, workflow }) => {
    if (workflowEvent !== undefined) return [eventUrl(workflowEvent)];
    if (workflow !== undefined) return [workflowUrl(workflow)];
    return nexusOperation === undefined ? [] : [operationUrl(nexusOperation)];
  });

export const fromNexusLinks = (links: readonly NexusLink[] | undefined): Link[] =>
  (links ?? []).flatMap((link) => fromNexusLink(link) ?? []);

function eventUrl(link: WorkflowEventLink): NexusLink {
  const query = Object.entries(queryOf(link))
    .map(([key, value]) => `${key}=${escaped(value)}`)
    .join('&');
  const path = pathOf(link.namespace, 'workflows', link.workflowId, link.runId);
  return { url: `${path}/history?${query}`, type: WORKFLOW_EVENT };
}

const workflowUrl = ({ namespace, workflowId, runId, reason = '' }: WorkflowLink): NexusLink => ({
  url: `${pathOf(namespace, 'workflows', workflowId, runId)}${reason === '' ? '' : `?reason=${escaped(reason)}`}`,
  type: WORKFLOW,
});

const operationUrl = ({ namespace, operationId, runId }: NexusOperationLink): NexusLink => ({
  url: `${pathOf(namespace, 'nexus-operations', operationId, runId)}/details`,
  type: NEXUS_OPERATION,
});

const pathOf = (
  namespace = '',
  kind: 'workflows' | 'nexus-operations',
  id: string | undefined,
  runId: string | undefined,
): string => {
  const [ns, own, run] = [namespace, id ?? '', runId ?? ''].map(escaped);
  return `temporal:///namespaces/${ns ?? ''}/${kind}/${own ?? ''}/${run ?? ''}`;
};

/** Half of a surrogate pair has no bytes: it is written as what every reader makes of it. */
const escaped = (part: string): string => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\uFFFD'));

/** Keys in alphabetical order, as the server writes them. */
function queryOf(link: WorkflowEventLink): Record<string, string> {
  if (link.requestIdRef !== undefined) {
    return {
      eventType: pascal(link.requestIdRef.eventType ?? ''),
      referenceType: 'RequestIdReference',
      requestID: link.requestIdRef.requestId ?? '',
    };
  }
  const { eventId = 0, eventType = '' } = link.eventRef ?? {};
  const event = { eventType: pascal(eventType), referenceType: 'EventReference' };
  return eventId > 0 ? extend({ eventID: String(eventId) }, event) : event;
}

const linkUrl = /^temporal:\/\/\/namespaces\/([^/?]+)\/workflows\/([^/?]+)\/([^/?]+)\/history\?(.*)$/;
const workflowLinkUrl =
  /^temporal:\/\/\/namespaces\/([^/?]+)\/workflows\/([^/?]+)\/([^/?]+)(?:\?reason=([^&]*))?$/;
const operationLinkUrl =
  /^temporal:\/\/\/namespaces\/([^/?]+)\/nexus-operations\/([^/?]+)\/([^/?]+)\/details$/;

function fromNexusLink({ type, url = '' }: NexusLink): Link | undefined {
  if (type === NEXUS_OPERATION) return operationLink(operationLinkUrl.exec(url));
  if (type === WORKFLOW) return workflowLink(workflowLinkUrl.exec(url));
  return type === WORKFLOW_EVENT ? eventLink(linkUrl.exec(url)) : undefined;
}

function operationLink(match: RegExpExecArray | null): Link | undefined {
  const [namespace, operationId, runId] = (match ?? []).slice(1).map(decoded);
  if (namespace === undefined || operationId === undefined || runId === undefined) return undefined;
  return { nexusOperation: { namespace, operationId, runId } };
}

function workflowLink(match: RegExpExecArray | null): Link | undefined {
  const [namespace, workflowId, runId] = (match ?? []).slice(1, 4).map(decoded);
  if (namespace === undefined || workflowId === undefined || runId === undefined) return undefined;
  // A query may have its spaces as plus signs.
  const reason = decoded((match?.[4] ?? '').replaceAll('+', '%20')) ?? '';
  return { workflow: { namespace, workflowId, runId, ...(reason !== '' && { reason }) } };
}

function eventLink(match: RegExpExecArray | null): Link | undefined {
  if (match === null) return undefined;
  const [namespace, workflowId, runId] = match.slice(1, 4).map(decoded);
  const query = new Map((match[4] ?? '').split('&').map((pair) => splitPair(pair)));
  const eventType = screaming(query.get('eventType') ?? '');
  if (namespace === undefined || workflowId === undefined || runId === undefined) return undefined;
  const run = { namespace, workflowId, runId };
  if (query.get('referenceType') === 'RequestIdReference') {
    return {
      workflowEvent: { ...run, requestIdRef: { requestId: query.get('requestID') ?? '', eventType } },
    };
  }
  const eventId = Number(query.get('eventID') ?? 0);
  if (!Number.isSafeInteger(eventId)) return undefined;
  return { workflowEvent: { ...run, eventRef: { eventId, eventType } } };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), decoded(pair.slice(at + 1)) ?? ''];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** NEXUS_OPERATION_SCHEDULED → NexusOperationScheduled */
const pascal = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** NexusOperationScheduled or EVENT_TYPE_NEXUS_OPERATION_SCHEDULED → NEXUS_OPERATION_SCHEDULED */
const screaming = (name: string): string =>
  name.includes('_') ? name.replace(/^EVENT_TYPE_/, '') : name.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase();
