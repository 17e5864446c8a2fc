import { languageServerFailed } from '../errors.ts';
import type { Command } from '../services.ts';

export const restartLanguageServer: Command =
  ({ editor, languageServer }) =>
  async () => {
    try {
      await languageServer.restart();
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      void editor.window.showErrorMessage(languageServerFailed(reason));
    }
  };
