// The harness itself, against a sample extension that is known to work.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { sampleId } from './sample-extension.ts';
import type { Session } from './session.ts';

export const harnessSuite = (session: () => Session): void => {
  const fruit = (): string => join(session().playground, 'fruit.sample');

  describe('the test harness', () => {
    before(async () => {
      await session().workbench.open(session().playground);
    });

    it('opens a file and sees its extension start', async () => {
      const { workbench } = session();
      await workbench.openFile(fruit(), 2);
      assert.equal(await workbench.extension(sampleId, 'active'), 'active');
      assert.equal((await workbench.activeEditor())?.language, 'sample');
      assert.equal(await workbench.tab('fruit.sample').count(), 1);
    });

    it('reads diagnostics with their exact ranges', async () => {
      const { workbench } = session();
      assert.deepEqual(await workbench.diagnostics(fruit()), [
        {
          severity: 'warning',
          message: 'rotten fruit',
          source: 'sample',
          code: 'rotten',
          range: { start: { line: 3, column: 1 }, end: { line: 3, column: 7 } },
        },
      ]);
    });

    it('reads the Problems view', async () => {
      const problems = await session().workbench.problems();
      assert.ok(
        problems.some((line) => line.includes('rotten fruit')),
        problems.join('\n'),
      );
    });

    it('follows a definition', async () => {
      const targets = await session().workbench.definition(fruit(), { line: 4, column: 6 });
      assert.deepEqual(targets, [
        { path: fruit(), range: { start: { line: 1, column: 1 }, end: { line: 1, column: 6 } } },
      ]);
    });

    it('finds the status bar item by its name', async () => {
      await session().workbench.statusBarItem('Sample: ready').waitFor();
    });

    it('runs a command, clicks in its webview and reads the notification', async () => {
      const { workbench } = session();
      await workbench.runCommand('Sample: Open Page');
      const page = await workbench.webviewFrame((frame) =>
        frame.getByRole('button', { name: 'Tell the editor' }),
      );
      await page.getByRole('button', { name: 'Tell the editor' }).click();
      assert.equal(await workbench.notification('The page said'), 'The page said hello');
    });

    it('sees what the palette offers, picks from a list and answers a question', async () => {
      const { workbench } = session();
      assert.deepEqual(await workbench.commandsFor('Sample: '), ['Sample: Ask', 'Sample: Open Page']);
      await workbench.runCommand('Sample: Ask');
      await workbench.pick('pear');
      await workbench.answer('3');
      assert.equal(await workbench.notification('Bought'), 'Bought 3 pear');
      assert.ok((await workbench.notifications()).includes('Bought 3 pear'));
    });

    it('keeps a screenshot', async () => {
      const path = await session().workbench.screenshot('harness');
      assert.ok((await stat(path)).size > 1000);
    });

    it('says what it waited for when a command fails', async () => {
      await assert.rejects(session().workbench.executeCommand('no.such.command'), /no\.such\.command/);
    });
  });
};
