import type { LanguageServer } from './clients/language-server.ts';
import type { SimulatorSession } from './clients/simulator-session.ts';
import type { Editor, Log } from './editor.ts';
import type { TimelineFeed } from './timeline/feed.ts';
import type { TimelinePanels } from './timeline/panel.ts';
import type { WorldResults } from './views/world-results.ts';

/** What commands and views work with. */
export interface ExtensionServices {
  readonly editor: Editor;
  readonly log: Log;
  readonly session: SimulatorSession;
  readonly feed: TimelineFeed;
  readonly timeline: TimelinePanels;
  readonly results: WorldResults;
  readonly languageServer: LanguageServer;
}

/** What runs when the user calls a command; its arguments are what a menu passes. */
type CommandHandler = (...args: readonly unknown[]) => Promise<void>;

export type Command = (services: ExtensionServices) => CommandHandler;
