// The extension in its host: it is there, it starts, and it does what its manifest promises.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type * as vscode from 'vscode';

const extensionId = 'nexus-workbench.nexus-workbench';

export const activationSuite = (host: () => typeof vscode): void => {
  const extension = (): vscode.Extension<unknown> => {
    const found = host().extensions.getExtension(extensionId);
    assert.ok(found, `${extensionId} is not installed`);
    return found;
  };

  describe('the extension in its host', () => {
    it('is activated without an error', async () => {
      await extension().activate();
      assert.equal(extension().isActive, true);
    });

    it('registers every command its manifest contributes', async () => {
      await extension().activate();
      const contributed = commandIds(extension().packageJSON);
      const registered = new Set(await host().commands.getCommands(true));
      assert.notEqual(contributed.length, 0);
      assert.deepEqual(
        contributed.filter((id) => !registered.has(id)),
        [],
      );
    });

    it('registers no command of its own that its manifest does not contribute', async () => {
      await extension().activate();
      const contributed = new Set(commandIds(extension().packageJSON));
      const registered = await host().commands.getCommands(true);
      // A view with an id brings commands of the editor's own, such as its `focus`.
      const own = registered.filter(
        (id) =>
          id.startsWith('nexus.') &&
          !/\.(focus|open|toggleVisibility|removeView|resetViewLocation)$/.test(id),
      );
      assert.deepEqual(
        own.filter((id) => !contributed.has(id)),
        [],
      );
    });
  });
};

function commandIds(manifest: unknown): readonly string[] {
  const { contributes } = manifest as { contributes?: { commands?: readonly { command: string }[] } };
  return contributes?.commands?.map(({ command }) => command) ?? [];
}
