import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import type { Event } from '../../simulator/base/emitter.ts';
import { TIMELINE_VIEW } from '../contributions.ts';
import type { Editor, Panel, PanelSerializer } from '../editor.ts';
import { parseFromPage, type FromPage, type PageCommand, type ToPage } from './messages.ts';
import { pageHtml } from './page-html.ts';

interface PanelOptions {
  readonly editor: Editor;
  /** The folder of the bundles: the only one that the page may load from. */
  readonly root: vscode.Uri;
  readonly feed: { readonly onMessage: Event<ToPage>; snapshot(): readonly ToPage[] };
  /** Carries out what the page asks for. */
  readonly perform: (message: Exclude<FromPage, { readonly type: 'ready' }>) => void;
  readonly log: (line: string) => void;
}

/** The timeline: one panel at most, which the editor brings back after a reload. */
export class TimelinePanels implements Disposable {
  readonly #options: PanelOptions;
  readonly #owned = new DisposableStore();
  #panel: Panel | undefined;

  constructor(options: PanelOptions) {
    this.#options = options;
    const serializer: PanelSerializer = {
      deserializeWebviewPanel: (panel) => {
        this.#panel?.dispose();
        this.#adopt(panel);
        return Promise.resolve();
      },
    };
    this.#owned.add(options.editor.window.registerWebviewPanelSerializer(TIMELINE_VIEW, serializer));
    this.#owned.add(options.feed.onMessage((message) => this.#post(message)));
  }

  /** Shows the timeline beside the present editor, without taking the focus unless asked. */
  show(options: { readonly preserveFocus: boolean }): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal(undefined, options.preserveFocus);
      return;
    }
    const { editor } = this.#options;
    const column = { viewColumn: editor.ViewColumn.Beside, preserveFocus: options.preserveFocus };
    this.#adopt(editor.window.createWebviewPanel(TIMELINE_VIEW, 'Nexus Timeline', column));
  }

  /** Has the page carry out a command; without a page there is nothing to do. */
  command(command: PageCommand): void {
    this.#post({ type: 'command', command });
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#owned.dispose();
  }

  #adopt(panel: Panel): void {
    const { root, editor } = this.#options;
    this.#panel = panel;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    const address = (file: string): string =>
      webview.asWebviewUri(editor.Uri.joinPath(root, file)).toString();
    webview.html = pageHtml({
      script: address('webview.js'),
      style: address('webview.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(24).toString('base64url'),
    });
  }

  #receive(value: unknown): void {
    const message = parseFromPage(value);
    if (!message.ok) this.#options.log(message.error);
    else if (message.value.type === 'ready') for (const one of this.#options.feed.snapshot()) this.#post(one);
    else this.#options.perform(message.value);
  }

  #post(message: ToPage): void {
    // A hidden page drops messages; it asks for everything when it is shown again.
    void this.#panel?.webview.postMessage(message);
  }
}
