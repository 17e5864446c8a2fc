import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeText } from '../../../../../simulator/base/base64.ts';
import { instant } from '../../../../../simulator/base/time.ts';
import { invariants } from '../../../../../simulator/engine/invariants.ts';
import { methodHandlers } from '../../../../../simulator/engine/methods.ts';
import { ownerOf } from '../../../../../simulator/engine/nexus/owner-of.ts';
import { startProblem } from '../../../../../simulator/engine/standalone/check.ts';
import {
  deleteNexusOperationExecution,
  requestCancelNexusOperationExecution,
  terminateNexusOperationExecution,
} from '../../../../../simulator/engine/standalone/control.ts';
import { readLongPollToken } from '../../../../../simulator/engine/standalone/describe.ts';
import {
  countNexusOperationExecutions,
  listNexusOperationExecutions,
} from '../../../../../simulator/engine/standalone/list.ts';
import { idProblem, lengthProblem } from '../../../../../simulator/engine/standalone/lookup.ts';
import { standaloneOwner } from '../../../../../simulator/engine/standalone/owner.ts';
import { startNexusOperationExecution } from '../../../../../simulator/engine/standalone/start.ts';
import {
  describeNexusOperationExecution,
  pollNexusOperationExecution,
} from '../../../../../simulator/engine/standalone/wait.ts';
import { emptyState } from '../../../../../simulator/engine/state.ts';
import type { MethodHandler, Turn } from '../../../../../simulator/engine/turn.ts';
import type { CallId } from '../../../../../simulator/protocol/ids.ts';
import { limitsOf } from '../../../../../simulator/protocol/limits.ts';
import type { TemporalMethod } from '../../../../../simulator/protocol/temporal/methods.ts';

const handlers = [
  startNexusOperationExecution,
  describeNexusOperationExecution,
  pollNexusOperationExecution,
  listNexusOperationExecutions,
  countNexusOperationExecutions,
  requestCancelNexusOperationExecution,
  terminateNexusOperationExecution,
  deleteNexusOperationExecution,
] as readonly MethodHandler<TemporalMethod>[];

/** A turn of a world with two endpoints' worth of everything that a request can name. */
function newTurn(): Turn {
  const turn: Turn = {
    state: emptyState(1),
    limits: limitsOf('server', { standaloneOperations: true }),
    now: instant(0),
    facts: [],
    effects: [],
    transfers: [],
    freedGroups: new Set(),
  };
  const context = { call: 0 as CallId, remote: false };
  methodHandlers.registerNamespace(turn, { namespace: 'n' }, context);
  const worker = { namespace: 'n', taskQueue: 'q' };
  methodHandlers.createNexusEndpoint(turn, { spec: { name: 'ep', target: { worker } } }, context);
  return turn;
}

const started = { namespace: 'n', operationId: 'o', endpoint: 'ep', service: 's', operation: 'op' };

const id = fc.constantFrom('', 'o', 'p', 'x'.repeat(1_001), 'toString', 'a\0b');
const token = fc.oneof(
  fc.string().map(encodeText),
  fc.json().map(encodeText),
  fc.constantFrom('"', '====').map((text) => text as ReturnType<typeof encodeText>),
);
const request = fc.record(
  {
    namespace: fc.constantFrom('n', 'n', 'n', '', 'nowhere'),
    operationId: fc.oneof({ weight: 3, arbitrary: fc.constant('o') }, id),
    runId: fc.oneof(fc.uuid(), id),
    requestId: id,
    identity: id,
    reason: fc.string(),
    endpoint: fc.constantFrom('ep', 'ep', '', 'nowhere'),
    service: fc.constantFrom('s', ''),
    operation: fc.constantFrom('op', ''),
    scheduleToCloseTimeout: fc.integer({ min: -1, max: 60_000 }),
    startToCloseTimeout: fc.integer({ min: -1, max: 60_000 }),
    input: fc.record({ data: fc.string().map(encodeText) }),
    nexusHeader: fc.dictionary(fc.string(), fc.string()),
    idReusePolicy: fc.constantFrom('ALLOW_DUPLICATE', 'REJECT_DUPLICATE', 'x'),
    idConflictPolicy: fc.constantFrom('FAIL', 'USE_EXISTING'),
    waitStage: fc.constantFrom('STARTED', 'CLOSED', 9),
    longPollToken: token,
    nextPageToken: token,
    pageSize: fc.integer({ min: -1, max: 3 }),
    query: fc.oneof(fc.constantFrom("OperationId = 'o'", 'GROUP BY ExecutionStatus'), fc.string()),
  },
  { requiredKeys: ['namespace'] },
);

test('nothing that a client asks makes them throw, and whatever it does the invariants hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(handlers.length - 1), request), { maxLength: 12 }), (calls) => {
      const turn = newTurn();
      calls.forEach(([which, asked], index) => {
        const call = (index + 1) as CallId;
        const reply = handlers[which]?.(turn, { ...started, ...asked }, { call, remote: true });
        if (reply?.ok === false) expect(reply.error.message).not.toBe('');
      });
      for (const [name, check] of invariants)
        expect([name, check(turn.state, turn.now)]).toEqual([name, undefined]);
    }),
    { numRuns: 500 },
  );
});

test('a standalone operation owns itself', () => {
  const turn = newTurn();
  startNexusOperationExecution(turn, started, { call: 1 as CallId, remote: false });
  const [own] = turn.state.standalone.values();
  if (own === undefined) throw new Error('nothing was started');
  expect(ownerOf(own.operation)).toBe(standaloneOwner);
  expect(standaloneOwner.callerLink(own.operation)).toEqual({
    nexusOperation: { namespace: 'n', operationId: 'o', runId: own.operation.ref.run.runId },
  });
});

test('a request that is fine has no problem, and lengths count bytes', () => {
  const limits = limitsOf('server', { userMetadataSummaryBytesMax: 10 });
  expect(startProblem(started, limits)).toBeUndefined();
  const summary = { metadata: { encoding: encodeText('x') }, data: encodeText('xx') };
  expect(startProblem({ ...started, userMetadata: { summary } }, limits)).toBe(
    'user_metadata.summary exceeds size limit. Length=11 Limit=10',
  );
  expect(idProblem('operation_id', 'é'.repeat(500))).toBeUndefined();
  expect(lengthProblem('reason', 'é', 1)).toBe('reason exceeds length limit. Length=2 Limit=1');
});

test.each(['', '[]', '{"runId":1,"seen":2}', '{"runId":"r"}', 'null'])('%s is no long-poll token', (text) => {
  expect(readLongPollToken(encodeText(text))).toBeUndefined();
});
