import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../../../../simulator/base/cancellation.ts';
import { err } from '../../../../simulator/base/result.ts';
import { seconds } from '../../../../simulator/base/time.ts';
import { Attachment } from '../../../../simulator/cluster/attach.ts';
import { follow } from '../../../../simulator/cluster/attach-follow.ts';
import type { Driver } from '../../../../simulator/driver/driver.ts';
import type { ServiceError, TemporalPort } from '../../../../simulator/protocol/temporal/port.ts';
import { spansOf } from '../../../../simulator/spans/histories.ts';
import { playExample } from '../../../harness/played-driver.ts';

const on = (port: Pick<TemporalPort, 'call'>, driver: Driver, runsMax = 50): Attachment =>
  new Attachment({ port, now: () => driver.now(), runsMax });

/** The driver, whose answers about a namespace are refused. */
const without = (driver: Driver, namespace: string, error: ServiceError): Pick<TemporalPort, 'call'> => ({
  call: (method, request, options) =>
    'namespace' in request && request.namespace === namespace
      ? Promise.resolve(err(error))
      : driver.call(method, request, options),
});

const found = (attachment: Attachment): readonly string[] =>
  attachment.histories.map(({ run }) => `${run.namespace}/${run.workflowId}`);

const order = { namespace: 'orders', workflowId: 'checkout-1' };
const everything = ['orders/checkout-1', 'payments/charge-o-1', 'fraud/score-o-1'];

async function checkout(): Promise<Driver> {
  const { driver, run } = playExample('checkout');
  await run.verdict;
  return driver;
}

describe('attaching', () => {
  test('follows calls through all namespaces', async () => {
    const driver = await checkout();
    const attachment = on(driver, driver);
    expect(await attachment.open(order)).toMatchObject({ ok: true });
    expect(found(attachment)).toEqual(everything);
    expect(attachment.notes).toEqual([]);
  });

  test('finds the callers from the last handler, too', async () => {
    const driver = await checkout();
    const attachment = on(driver, driver);
    await attachment.open({ namespace: 'fraud', workflowId: 'score-o-1' });
    expect(found(attachment)).toEqual(everything.toReversed());
  });

  test('a namespace that may not be read is named once and hides nothing else', async () => {
    const driver = await checkout();
    const denied = without(driver, 'payments', {
      code: 'PERMISSION_DENIED',
      message: 'Request unauthorized.',
    });
    const attachment = on(denied, driver);
    await attachment.open(order);
    expect(found(attachment)).toEqual(['orders/checkout-1']);
    expect(attachment.notes).toEqual([
      'Namespace payments may not be read, so what goes on there is not shown: Request unauthorized.',
    ]);
    expect(spansOf(attachment.histories).filter(({ kind }) => kind === 'operation')).toHaveLength(2);
  });

  test('a run that is gone is named', async () => {
    const driver = await checkout();
    const gone = without(driver, 'fraud', {
      code: 'NOT_FOUND',
      message: 'workflow not found for ID: score-o-1',
    });
    const attachment = on(gone, driver);
    await attachment.open(order);
    expect(found(attachment)).toEqual(everything.slice(0, 2));
    expect(attachment.notes).toEqual([
      expect.stringMatching(
        /^Workflow score-o-1 in fraud, run \S+, cannot be shown: workflow not found for ID: score-o-1\.$/,
      ),
    ]);
  });

  test('no more runs are read than were asked for', async () => {
    const driver = await checkout();
    const attachment = on(driver, driver, 2);
    await attachment.open(order);
    expect(found(attachment)).toEqual(everything.slice(0, 2));
    expect(attachment.notes).toEqual(['More than 2 runs are linked; the others are not shown.']);
  });

  test('a workflow that is not there is an error', async () => {
    const driver = await checkout();
    const opened = await on(driver, driver).open({ namespace: 'orders', workflowId: 'order-7' });
    expect(opened).toEqual({
      ok: false,
      error: expect.stringMatching(/^Workflow order-7 in orders cannot be read: .*not found.*\.$/i) as string,
    });
  });

  test('changes nothing: only describing and reading is asked', async () => {
    const driver = await checkout();
    const asked = new Set<string>();
    const watched: Pick<TemporalPort, 'call'> = {
      call: (method, request, options) => {
        asked.add(method);
        return driver.call(method, request, options);
      },
    };
    await on(watched, driver).open(order);
    expect([...asked].sort()).toEqual(['describeWorkflowExecution', 'getWorkflowExecutionHistory']);
  });
});

describe('following', () => {
  test('tells of runs as they come, and ends when all have closed', async () => {
    const { driver } = playExample('checkout', { mode: 'paused' });
    await driver.advance(seconds(0));
    const attachment = on(driver, driver);
    await attachment.open(order);
    expect(found(attachment)).toEqual(['orders/checkout-1']);
    const seen: string[] = [];
    const { signal } = new CancellationSource();
    const followed = follow(attachment, {
      port: driver,
      signal,
      onChange: () => seen.push(found(attachment).join(' ')),
    });
    driver.setClock({ mode: 'run' });
    await followed;
    expect(found(attachment)).toEqual(everything);
    expect([...new Set(seen)]).toEqual([
      everything[0],
      everything.slice(0, 2).join(' '),
      everything.join(' '),
    ]);
    expect(spansOf(attachment.histories).every(({ end }) => end !== undefined)).toBe(true);
  });

  test('ends when nobody wants to know any more', async () => {
    const { driver } = playExample('checkout', { mode: 'paused' });
    await driver.advance(seconds(0));
    const attachment = on(driver, driver);
    await attachment.open(order);
    const source = new CancellationSource();
    const followed = follow(attachment, { port: driver, signal: source.signal, onChange: () => undefined });
    source.cancel();
    await followed;
    expect(found(attachment)).toEqual(['orders/checkout-1']);
  });
});
