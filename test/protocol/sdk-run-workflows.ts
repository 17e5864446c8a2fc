// Workflows that start, signal, cancel, continue and retry workflows, for the tests with real workers.
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';

const addSignal = defineSignal<[number]>('add');

/** Adds up what it is told, until it has been told as often as it expects. */
export async function sum(expected: number): Promise<number> {
  let [total, count] = [0, 0];
  setHandler(addSignal, (amount) => {
    total += amount;
    count += 1;
  });
  await condition(() => count >= expected);
  return total;
}

/** Tells a child two numbers, one as its parent and one as a stranger would, and returns their sum. */
export async function sumInChild(a: number, b: number): Promise<number> {
  const workflowId = `${workflowInfo().workflowId}/sum`;
  const child = await startChild(sum, { workflowId, args: [2] });
  await child.signal(addSignal, a);
  await getExternalWorkflowHandle(workflowId).signal(addSignal, b);
  return child.result();
}

/** Cancels a child that would wait for ever. */
export async function cancelChild(): Promise<string> {
  const scope = new CancellationScope();
  const waiting = scope.run(() => executeChild(waitForEver, { workflowId: 'waiting-child' }));
  await sleep('1 minute');
  scope.cancel();
  try {
    return await waiting;
  } catch (error) {
    return isCancellation(error) ? 'child cancelled' : String(error);
  }
}

export async function waitForEver(): Promise<string> {
  await condition(() => false);
  return 'never';
}

/** Counts down, one run for each number. */
export async function countDown(from: number, runs = 1): Promise<number> {
  if (from > 0) await continueAsNew<typeof countDown>(from - 1, runs + 1);
  return runs;
}

/** Fails until its third attempt. */
export async function succeedAtThird(): Promise<number> {
  const { attempt } = workflowInfo();
  await sleep('1 second');
  if (attempt < 3) throw ApplicationFailure.create({ message: `attempt ${attempt}` });
  return attempt;
}
