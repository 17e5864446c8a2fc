import { describe, expect, test } from 'vitest';
import { encodeText } from '../../simulator/base/base64.ts';
import { CancellationSource } from '../../simulator/base/cancellation.ts';
import { json } from '../harness/world.ts';
import { named, open, start, describeIt, workflowHandler, signalCharge } from './standalone-stage.ts';

describe('waiting for a standalone operation', () => {
  test('a poll for STARTED comes back at the start, one for CLOSED at the end', async () => {
    const world = await open();
    workflowHandler(world);
    const { runId } = await start(world);
    const atStart = await world.ask('pollNexusOperationExecution', { ...named, waitStage: 'STARTED' });
    expect(atStart).toEqual({ runId, waitStage: 'STARTED', operationToken: 'charge-1' });
    const atEnd = world.ask('pollNexusOperationExecution', { ...named, runId });
    await signalCharge(world);
    const closed = { runId, waitStage: 'CLOSED', operationToken: 'charge-1', result: json('charged') };
    expect(await atEnd).toEqual(closed);
    expect(await world.ask('pollNexusOperationExecution', { ...named, waitStage: 'STARTED' })).toEqual(
      closed,
    );
  });

  test('who gives up gets an empty answer', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    const { runId } = await start(world);
    const { longPollToken = encodeText('') } = await describeIt(world);
    const source = new CancellationSource();
    const options = { signal: source.signal };
    const polled = world.driver.call('pollNexusOperationExecution', named, options);
    const described = world.driver.call(
      'describeNexusOperationExecution',
      { ...named, runId, longPollToken },
      options,
    );
    source.cancel();
    expect([await polled, await described]).toEqual([
      { ok: true, value: {} },
      { ok: true, value: {} },
    ]);
    expect(world.driver.state.waitingCalls.size).toBe(0);
  });

  test('a description with a token comes back at the next change, with what its reader asked for', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    const { runId } = await start(world, { input: json(1) });
    const { longPollToken = encodeText('') } = await describeIt(world);
    const next = world.ask('describeNexusOperationExecution', {
      ...named,
      runId,
      longPollToken,
      includeInput: true,
    });
    await world.ask('requestCancelNexusOperationExecution', { ...named, reason: 'why not' });
    const changed = await next;
    expect(changed).toMatchObject({ input: json(1), info: { cancellationInfo: { reason: 'why not' } } });
    expect(changed.longPollToken).not.toBe(longPollToken);
    // What has changed meanwhile is told at once.
    expect(
      await world.ask('describeNexusOperationExecution', { ...named, runId, longPollToken }),
    ).toMatchObject({
      info: { stateTransitionCount: 2 },
    });
  });

  test('a token that is none, or of another run, is refused', async () => {
    const world = await open({ clock: { mode: 'paused' } });
    const { runId } = await start(world);
    const other = await start(world, { operationId: 'op-2' });
    const { longPollToken = encodeText('') } = await describeIt(world, { operationId: 'op-2' });
    const about = { ...named, runId };
    expect(
      await world.refused('describeNexusOperationExecution', { ...about, longPollToken: encodeText('{}') }),
    ).toEqual({ code: 'INVALID_ARGUMENT', message: 'invalid long poll token' });
    expect(await world.refused('describeNexusOperationExecution', { ...about, longPollToken })).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'long poll token does not match execution',
    });
    expect(other.runId).not.toBe(runId);
  });
});
