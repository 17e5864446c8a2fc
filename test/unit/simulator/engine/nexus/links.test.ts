import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventLink, requestIdLink, workflowLink } from '../../../../../simulator/engine/nexus/links.ts';
import { fromNexusLinks, toNexusLinks } from '../../../../../simulator/protocol/temporal/nexus-link.ts';
import type { RunRef } from '../../../../../simulator/engine/fact.ts';

const run = { namespace: 'n', workflowId: 'w', runId: 'r' } as unknown as RunRef;
const type = 'temporal.api.common.v1.Link.WorkflowEvent';

describe('links', () => {
  test('to an event', () => {
    expect(toNexusLinks([eventLink(run, 5, 'NEXUS_OPERATION_SCHEDULED')])).toEqual([
      {
        url: 'temporal:///namespaces/n/workflows/w/r/history?eventID=5&eventType=NexusOperationScheduled&referenceType=EventReference',
        type,
      },
    ]);
  });

  test('to an event without a number', () => {
    expect(toNexusLinks([eventLink(run, 0, 'WORKFLOW_EXECUTION_STARTED')])[0]?.url).toBe(
      'temporal:///namespaces/n/workflows/w/r/history?eventType=WorkflowExecutionStarted&referenceType=EventReference',
    );
  });

  test('by request id', () => {
    expect(toNexusLinks([requestIdLink(run, 'q 1', 'WORKFLOW_EXECUTION_OPTIONS_UPDATED')])[0]?.url).toBe(
      'temporal:///namespaces/n/workflows/w/r/history?eventType=WorkflowExecutionOptionsUpdated&referenceType=RequestIdReference&requestID=q%201',
    );
  });

  test('to a standalone operation, there and back', () => {
    const link = { nexusOperation: { namespace: 'n', operationId: 'a/b', runId: 'r' } };
    const nexusLink = {
      url: 'temporal:///namespaces/n/nexus-operations/a%2Fb/r/details',
      type: 'temporal.api.common.v1.Link.NexusOperation',
    };
    expect(toNexusLinks([link])).toEqual([nexusLink]);
    expect(fromNexusLinks([nexusLink])).toEqual([link]);
    expect(fromNexusLinks([{ ...nexusLink, url: `${nexusLink.url}/more` }])).toEqual([]);
  });

  test('to a workflow, with a reason, there and back; the reason may be written as forms have it', () => {
    const link = workflowLink(run, 'Update rejected');
    const nexusLink = {
      url: 'temporal:///namespaces/n/workflows/w/r?reason=Update%20rejected',
      type: 'temporal.api.common.v1.Link.Workflow',
    };
    expect(toNexusLinks([link])).toEqual([nexusLink]);
    expect(fromNexusLinks([nexusLink])).toEqual([link]);
    expect(fromNexusLinks([{ ...nexusLink, url: nexusLink.url.replace('%20', '+') }])).toEqual([link]);
    const bare = { ...nexusLink, url: 'temporal:///namespaces/n/workflows/w/r' };
    expect(fromNexusLinks([bare])).toEqual([{ workflow: { namespace: 'n', workflowId: 'w', runId: 'r' } }]);
    expect(fromNexusLinks([{ ...nexusLink, url: `${bare.url}/history` }])).toEqual([]);
  });

  test('of names with half a surrogate pair are links all the same', () => {
    const half = { namespace: 'n', operationId: 'x\ud800', runId: 'r' };
    expect(toNexusLinks([{ nexusOperation: half }])[0]?.url).toContain('/x%EF%BF%BD/');
  });

  test('survive the way there and back, whatever the names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(
        name,
        name,
        name,
        fc.integer({ min: 1, max: 1e9 }),
        (namespace, workflowId, runId, eventId) => {
          const named = { namespace, workflowId, runId } as unknown as RunRef;
          for (const link of [
            eventLink(named, eventId, 'NEXUS_OPERATION_SCHEDULED'),
            requestIdLink(named, workflowId, 'WORKFLOW_EXECUTION_OPTIONS_UPDATED'),
          ]) {
            expect(fromNexusLinks(toNexusLinks([link]))).toEqual([link]);
          }
        },
      ),
    );
  });

  test('with the long event type are read too', () => {
    const url =
      'temporal:///namespaces/n/workflows/w/r/history?eventID=1&eventType=EVENT_TYPE_WORKFLOW_EXECUTION_STARTED&referenceType=EventReference';
    expect(fromNexusLinks([{ url, type }])).toEqual([eventLink(run, 1, 'WORKFLOW_EXECUTION_STARTED')]);
  });

  test.each([
    ['another type', { url: 'temporal:///namespaces/n/workflows/w/r/history?', type: 'x' }],
    ['another scheme', { url: 'https:///namespaces/n/workflows/w/r/history?', type }],
    ['a missing part', { url: 'temporal:///namespaces/n/workflows//r/history?', type }],
    ['a broken escape', { url: 'temporal:///namespaces/%E0%A4%A/workflows/w/r/history?', type }],
    ['nothing at all', {}],
  ])('of %s are skipped', (_what, link) => {
    expect(fromNexusLinks([link])).toEqual([]);
  });
});
