import type * as vscode from 'vscode';
import { assertNever } from '../simulator/base/assert.ts';
import { DisposableStore } from '../simulator/base/disposable.ts';
import type { LanguageServer } from './clients/language-server.ts';
import { SimulatorSession } from './clients/simulator-session.ts';
import { allCommands } from './commands/all.ts';
import { commands, contextKeys, type CommandName } from './contributions.ts';
import type { Editor } from './editor.ts';
import { languageServerFailed, requestFailed, simulatorExited } from './errors.ts';
import type { ExtensionServices } from './services.ts';
import { TimelineFeed } from './timeline/feed.ts';
import { jumpToCode } from './timeline/jump-to-code.ts';
import type { FromPage, ToPage } from './timeline/messages.ts';
import { TimelinePanels } from './timeline/panel.ts';
import { StatusBar } from './views/status-bar.ts';
import { WorldResults } from './views/world-results.ts';

interface Outside {
  readonly editor: Editor;
  /** The folder of the bundles. */
  readonly root: vscode.Uri;
  /** The program that runs Node scripts. */
  readonly command: string;
  readonly languageServer: LanguageServer;
}

export interface Extension {
  readonly services: ExtensionServices;
  /** Ends everything; settles when the processes are gone. */
  stop(): Promise<void>;
}

/** The wiring of this process. Nothing is started but the language server. */
export function compose(outside: Outside): Extension {
  const { editor, languageServer } = outside;
  const owned = new DisposableStore();
  const log = owned.add(editor.window.createOutputChannel('Nexus Simulator', { log: true }));
  const say = (line: string): void => log.info(line);
  const session = owned.add(
    new SimulatorSession({
      command: outside.command,
      program: editor.Uri.joinPath(outside.root, 'simulator.cjs').fsPath,
      log: say,
      describeExit: simulatorExited,
    }),
  );
  const feed = owned.add(
    new TimelineFeed(session, (error) => void editor.window.showErrorMessage(requestFailed(error))),
  );
  const perform = (message: PageRequest): void => void onPageRequest(services, message);
  const timeline = owned.add(new TimelinePanels({ editor, root: outside.root, feed, perform, log: say }));
  const results = owned.add(new WorldResults(editor, say));
  const services: ExtensionServices = { editor, log, session, feed, timeline, results, languageServer };
  owned.add(new StatusBar(editor, feed));
  owned.add(feed.onMessage((message) => onFeed(services, message)));
  owned.add(
    session.onNotification((notification) => {
      if (notification.method === 'world/finished') results.finished(notification.params);
    }),
  );
  for (const [name, command] of Object.entries(allCommands))
    owned.add(editor.commands.registerCommand(commands[name as CommandName], command(services)));
  void startLanguageServer(services);
  return {
    services,
    stop: async () => {
      await Promise.allSettled([session.stop(), languageServer.stop()]);
      owned.dispose();
    },
  };
}

type PageRequest = Exclude<FromPage, { readonly type: 'ready' }>;

async function onPageRequest(services: ExtensionServices, message: PageRequest): Promise<void> {
  switch (message.type) {
    case 'run-world':
      await allCommands.runWorld(services)();
      return;
    case 'start-simulator':
      await allCommands.startSimulator(services)();
      return;
    case 'clock':
      await (message.mode.mode === 'paused' ? allCommands.pauseClock : allCommands.resumeClock)(services)();
      return;
    case 'jump':
      await jumpToCode(services, message.code, message.role);
      return;
    default:
      assertNever(message);
  }
}

/** What follows from news of the simulator, besides what the views show. */
function onFeed({ editor, log }: ExtensionServices, message: ToPage): void {
  const setContext = (key: string, value: boolean): void =>
    void editor.commands.executeCommand('setContext', key, value);
  switch (message.type) {
    case 'connection': {
      const { connection } = message;
      const running = connection.kind === 'connected' || connection.kind === 'reconnecting';
      setContext(contextKeys.simulatorRunning, running);
      if (connection.kind !== 'failed') return;
      log.error(connection.message);
      void editor.window.showErrorMessage(connection.message);
      return;
    }
    case 'clock':
      setContext(contextKeys.simulatorPaused, message.clock.mode.mode === 'paused');
      return;
    case 'finished':
    case 'spans':
    case 'command':
      return;
    default:
      assertNever(message);
  }
}

async function startLanguageServer({ editor, languageServer, log }: ExtensionServices): Promise<void> {
  try {
    await languageServer.start();
  } catch (failure) {
    const sentence = languageServerFailed(failure instanceof Error ? failure.message : String(failure));
    log.error(sentence);
    void editor.window.showErrorMessage(sentence);
  }
}
