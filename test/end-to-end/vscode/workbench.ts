// The page object of the VS Code window: what a person sees and does, by roles and commands.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import type { LaunchedEditor } from './launched-editor.ts';
import type { ActiveEditor, Diagnosis, ExtensionState, Position, Target } from './probe-contract.ts';
import type { ProbeLink } from './probe-link.ts';
import { until } from './until.ts';

const loadTimeout = 60_000;
/** The one text field of the list that opens at the top of the window. Its role depends on what it asks. */
/** Milliseconds for the palette to open and to list what it has. */
const paletteTimeout = 5_000;
const inputBox = '.quick-input-box input';

export class Workbench {
  readonly page: Page;
  readonly probe: ProbeLink;
  readonly #editor: LaunchedEditor;
  readonly #screenshots: string;

  constructor(editor: LaunchedEditor, probe: ProbeLink, screenshots: string) {
    this.page = editor.page;
    this.probe = probe;
    this.#editor = editor;
    this.#screenshots = screenshots;
  }

  /** Opens a folder in the window and waits until the workbench stands and its extension host answers. */
  async open(folder: string): Promise<void> {
    this.probe.forget();
    await this.#editor.openFolder(folder);
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: loadTimeout });
    await this.page.locator('.part.statusbar').waitFor({ timeout: loadTimeout });
    await this.probe.connected();
  }

  /**
   * Runs a command as a person does: by its title in the command palette, for example `View: Show Problems`.
   * The palette lists what applies when it opens, so one that comes too early is closed and opened again.
   */
  async runCommand(title: string): Promise<void> {
    const name = new RegExp(`^${escaped(title)}(,|$)`);
    const entry = this.page.locator('.quick-input-widget:visible').getByRole('option', { name }).first();
    const isOffered = async (): Promise<boolean> => {
      try {
        const palette = await this.#palette();
        await palette.locator(inputBox).fill(`>${title}`, { timeout: paletteTimeout });
        await entry.waitFor({ timeout: paletteTimeout });
        return true;
      } catch {
        await this.page.keyboard.press('Escape');
        return false;
      }
    };
    await until(`the command "${title}" in the palette`, isOffered, Boolean);
    await entry.click();
  }

  /** The titles the command palette offers for a text, sorted by name. */
  async commandsFor(text: string): Promise<readonly string[]> {
    const palette = await this.#palette();
    await palette.locator(inputBox).fill(`>${text}`);
    await palette.getByRole('option').first().waitFor();
    // The accessible name goes on with a group or a key binding; the label itself doesn't.
    const labels = await palette.getByRole('option').locator('.label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels.toSorted();
  }

  /** Chooses an entry of the list that is open at the top of the window, by its label. */
  async pick(label: string): Promise<void> {
    const list = this.page.locator('.quick-input-widget:visible');
    await list
      .getByRole('option', { name: new RegExp(escaped(label)) })
      .first()
      .click();
  }

  /** Types into the input box that is open at the top of the window, and confirms it. */
  async answer(text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget:visible');
    await box.locator(inputBox).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file in an editor, the cursor at the start of a line, and waits until it has the focus. */
  async openFile(path: string, line = 1): Promise<void> {
    await this.probe.request('show', { path, line });
    await this.waitForEditor(path, line);
  }

  /** Waits until the focused editor shows the file, and the line when one is given; answers what it shows. */
  async waitForEditor(path: string, line?: number): Promise<ActiveEditor> {
    const editor = await until(
      `an editor on ${path}${line === undefined ? '' : `, line ${line}`}`,
      () => this.activeEditor(),
      (active) => active?.path === path && (line === undefined || active.selection.start.line === line),
    );
    if (editor === null) throw new Error(`The editor on ${path} was closed while it was waited for.`);
    return editor;
  }

  activeEditor(): Promise<ActiveEditor | null> {
    return this.probe.request('activeEditor', {});
  }

  /** Waits until the diagnostics of a file are accepted; by default, until there is one. */
  diagnostics(
    path: string,
    accept: (found: readonly Diagnosis[]) => boolean = (found) => found.length > 0,
  ): Promise<readonly Diagnosis[]> {
    return until(`diagnostics of ${path}`, () => this.probe.request('diagnostics', { path }), accept);
  }

  /** The entries of the Problems view. */
  async problems(): Promise<readonly string[]> {
    await this.runCommand('Problems: Focus on Problems View');
    const tree = this.page.locator('.markers-panel').getByRole('treeitem');
    await tree.first().waitFor();
    return tree.evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
  }

  /** Where Go to Definition leads, once it leads anywhere. */
  definition(path: string, at: Position): Promise<readonly Target[]> {
    return until(
      `a definition of ${path}:${at.line}:${at.column}`,
      () => this.probe.request('definition', { path, ...at }),
      (targets) => targets.length > 0,
    );
  }

  /** Waits until an extension is in a state. */
  extension(id: string, state: ExtensionState): Promise<ExtensionState> {
    return until(
      `extension ${id} to be ${state}`,
      () => this.probe.request('extension', { id }),
      (now) => now === state,
    );
  }

  /** Runs a command by id in the extension host and answers its result. `{ $path }` stands for a file's Uri. */
  executeCommand(id: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.probe.request('command', { id, args });
  }

  /** The texts of the notifications that show. */
  notifications(): Promise<readonly string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Waits for a notification with a text, answers all of it. */
  async notification(text: string | RegExp): Promise<string> {
    const message = this.page.locator('.notifications-toasts .notification-list-item-message');
    return message.filter({ hasText: text }).first().innerText();
  }

  /** The status bar's entry whose accessible name has a text. */
  statusBarItem(name: string | RegExp): Locator {
    return this.page.locator('.part.statusbar').getByRole('button', { name });
  }

  /** Waits until the open editor shows a squiggle of this severity. */
  async squiggle(severity: 'error' | 'warning'): Promise<void> {
    await this.page.locator(`.monaco-editor .squiggly-${severity}`).first().waitFor();
  }

  /** The editor tab with a title. */
  tab(title: string): Locator {
    return this.page.getByRole('tab', { name: new RegExp(`^${escaped(title)}`) });
  }

  /**
   * Waits for the webview that shows something, and answers the frame its document lives in.
   * A webview is a frame in a frame, and several may be alive, so it is known by what it shows.
   */
  async webviewFrame(shows: (frame: Frame) => Locator): Promise<Frame> {
    const { frame } = await until(
      'a webview with the expected content',
      // What the editor complains of meanwhile is the likeliest reason that none comes.
      async () => ({ frame: await this.#frameThat(shows), notifications: await this.notifications() }),
      (seen) => seen.frame !== undefined,
    );
    if (frame === undefined) throw new Error('The webview was closed while it was waited for.');
    return frame;
  }

  /** Saves what the window shows as a PNG and answers its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(this.#screenshots, { recursive: true });
    const path = join(this.#screenshots, `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  async #frameThat(shows: (frame: Frame) => Locator): Promise<Frame | undefined> {
    for (const candidate of this.page.frames()) {
      if (candidate !== this.page.mainFrame() && (await isShown(shows(candidate)))) return candidate;
    }
    return undefined;
  }

  async #palette(): Promise<Locator> {
    await this.page.keyboard.press('F1');
    const palette = this.page.locator('.quick-input-widget:visible');
    await palette.locator(inputBox).waitFor({ timeout: paletteTimeout });
    return palette;
  }
}

/** A frame may go away while it is asked; then it shows nothing. */
async function isShown(what: Locator): Promise<boolean> {
  try {
    return (await what.count()) > 0;
  } catch {
    return false;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
