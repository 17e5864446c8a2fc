// From a world file to a picture, and from the picture back to the line of code that caused it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Frame, Locator } from 'playwright-core';
import { AXIS_HEIGHT, gutterWidth, NAMESPACE_HEIGHT, ROW_HEIGHT } from '../../../extension/webview/stack.ts';
import type { Session } from './session.ts';
import { until } from './until.ts';

const extensionId = 'nexus-workbench.nexus-workbench';

export const timelineSuite = (session: () => Session): void => {
  const world = (): string => join(session().examples, 'hello.nexus.yaml');

  describe('the timeline in the editor', () => {
    before(async () => {
      await session().workbench.open(session().examples);
      await session().workbench.openFile(world());
      await session().workbench.extension(extensionId, 'active');
    });

    it('shows a bar for every span after "Nexus: Run World File"', async () => {
      const { workbench } = session();
      await workbench.runCommand('Nexus: Run World File');
      const timeline = await workbench.webviewFrame(bars);
      await until(
        'bars of a workflow, both operations and the retried attempt of echo',
        () => bars(timeline).allInnerTexts(),
        (found) => wanted.every((one) => found.some((name) => one.test(name))),
      );
      await workbench.screenshot('timeline');
    });

    it('leads from a double click on a bar to the line of its handler', async () => {
      const { workbench, examples } = session();
      const timeline = await workbench.webviewFrame(bars);
      const bar = await findOnCanvas(timeline, wanted[1]);
      await timeline.locator('canvas').dblclick({ position: bar });
      const [file, line] = await handlerOf(examples, 'echo');
      await workbench.waitForEditor(file, line);
      await workbench.openFile(world());
    });

    it('leads from a bar through its details to the handler', async () => {
      const { workbench, examples } = session();
      const timeline = await workbench.webviewFrame(bars);
      // The rows mirror the canvas for those who don't see it; the focus selects, as with the keyboard.
      await bars(timeline).filter({ hasText: wanted[1] }).first().focus();
      const details = timeline.getByRole('complementary', { name: 'Details' });
      await details.waitFor();
      await workbench.screenshot('timeline details');
      await details.getByRole('button', { name: 'Go to handler' }).click();
      const [file, line] = await handlerOf(examples, 'echo');
      await workbench.waitForEditor(file, line);
      await workbench.screenshot('handler');
    });
  });
};

/** What the example's story must show: a caller, a call that is tried twice, and one that starts a workflow. */
const wanted = [
  /workflow welcomeCustomer/i,
  /operation GreetingService\.echo/i,
  /attempt 2 of GreetingService\.echo/i,
  /operation GreetingService\.greet/i,
] as const;

function bars(frame: Frame): Locator {
  return frame.getByRole('treegrid').getByRole('row');
}

/** Moves the pointer over the picture until the bar of that name is under it. */
async function findOnCanvas(frame: Frame, name: RegExp): Promise<{ readonly x: number; readonly y: number }> {
  const canvas = frame.locator('canvas');
  const { width, height } = (await canvas.boundingBox()) ?? { width: 0, height: 0 };
  for (let y = AXIS_HEIGHT + NAMESPACE_HEIGHT + ROW_HEIGHT / 2; y < height; y += ROW_HEIGHT) {
    for (let x = gutterWidth(width); x < width; x += 12) {
      await canvas.hover({ position: { x, y } });
      const tooltip = frame.locator('.tooltip');
      // The page draws on the next animation frame; after two of them it has answered to the pointer.
      await frame.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      if ((await tooltip.count()) > 0 && name.test(await tooltip.innerText())) return { x, y };
    }
  }
  throw new Error(`No bar ${String(name)} is under the pointer anywhere on the canvas.`);
}

/** Where the example handles an operation: the path and the line, counted from 1, of its key. */
async function handlerOf(examples: string, operation: string): Promise<readonly [string, number]> {
  const path = join(examples, 'hello', 'handler.ts');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const from = lines.findIndex((line) => line.includes('serviceHandler('));
  const key = new RegExp(`^\\s*(async\\s+)?${operation}\\s*[:(,]`);
  const at = lines.findIndex((line, index) => index >= from && key.test(line));
  assert.notEqual(at, -1, `${path} has no handler of '${operation}'`);
  return [path, at + 1];
}
