import { extend } from '../../base/extend.ts';
import type { Link, WorkflowEventLink } from './common.ts';
import type { NexusLink } from './nexus.ts';

/*
 * Links between executions in the two forms they travel in (semantics §1.6): as a message inside Temporal, as a
 * URL inside Nexus. Links of unknown type or with a malformed URL are skipped, never an error.
 */

const WORKFLOW_EVENT = 'temporal.api.common.v1.Link.WorkflowEvent';

export const toNexusLinks = (links: readonly Link[]): NexusLink[] =>
  links.flatMap(({ workflowEvent }) => (workflowEvent === undefined ? [] : [toNexusLink(workflowEvent)]));

export const fromNexusLinks = (links: readonly NexusLink[] | undefined): Link[] =>
  (links ?? []).flatMap((link) => fromNexusLink(link) ?? []);

function toNexusLink(link: WorkflowEventLink): NexusLink {
  const path = [link.namespace, link.workflowId, link.runId].map((part) => encodeURIComponent(part ?? ''));
  const [namespace = '', workflowId = '', runId = ''] = path;
  const query = Object.entries(queryOf(link))
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
  return {
    url: `temporal:///namespaces/${namespace}/workflows/${workflowId}/${runId}/history?${query}`,
    type: WORKFLOW_EVENT,
  };
}

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

function fromNexusLink(link: NexusLink): Link | undefined {
  const match = link.type === WORKFLOW_EVENT ? linkUrl.exec(link.url ?? '') : null;
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
