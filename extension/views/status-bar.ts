import { assertNever } from '../../simulator/base/assert.ts';
import { DisposableStore, type Disposable } from '../../simulator/base/disposable.ts';
import { formatDuration, ms, type Instant } from '../../simulator/base/time.ts';
import type { ClockState, Verdict } from '../../simulator/protocol/contract.ts';
import { commands, type CommandName } from '../contributions.ts';
import type { Editor, StatusItem } from '../editor.ts';
import type { TimelineFeed } from '../timeline/feed.ts';
import type { Connection, ToPage } from '../timeline/messages.ts';

/** What the status bar is about. */
interface Situation {
  readonly connection: Connection;
  readonly now: Instant;
  readonly clock?: ClockState | undefined;
  readonly finished?: { readonly name: string; readonly verdict: Verdict } | undefined;
}

interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly command: CommandName;
  readonly alarm: boolean;
}

/** The one item: the simulator's state and the virtual time; a click does what comes next. */
export function statusText(situation: Situation): StatusText {
  const { connection } = situation;
  switch (connection.kind) {
    case 'stopped': {
      const tooltip = 'The Nexus simulator is stopped. Click to start it.';
      return { text: '$(debug-start) Nexus', tooltip, command: 'startSimulator', alarm: false };
    }
    case 'starting': {
      const tooltip = 'The Nexus simulator is starting. Click to see its log.';
      return { text: '$(sync~spin) Nexus', tooltip, command: 'showLog', alarm: false };
    }
    case 'reconnecting': {
      const tooltip = 'The connection to the Nexus simulator is being restored. Click to see its log.';
      return { text: '$(sync~spin) Nexus', tooltip, command: 'showLog', alarm: false };
    }
    case 'failed':
      return { text: '$(error) Nexus', tooltip: connection.message, command: 'showLog', alarm: true };
    case 'connected':
      return runningText(situation, connection.grpcAddress);
    default:
      return assertNever(connection);
  }
}

function runningText(situation: Situation, grpcAddress: string | undefined): StatusText {
  const { clock, finished, now } = situation;
  const time = formatDuration(ms(Math.trunc(now)));
  const workers = grpcAddress === undefined ? '' : `\nWorkers and clients: ${grpcAddress}`;
  const result = finished === undefined ? undefined : resultText(finished.verdict);
  const icon = result?.icon ?? (clock?.mode.mode === 'paused' ? 'debug-pause' : 'pulse');
  const outcome = result === undefined ? '' : `\n${finished?.name ?? ''}: ${result.sentence}`;
  const count = result === undefined || result.passed ? '' : ` ${result.count}`;
  return {
    text: `$(${icon}) Nexus ${time}${count}`,
    tooltip: `Nexus simulator, virtual time ${time}${workers}${outcome}\nClick to open the timeline.`,
    command: 'openTimeline',
    alarm: result?.passed === false,
  };
}

function resultText(verdict: Verdict): { icon: string; passed: boolean; count: string; sentence: string } {
  const total = verdict.expectations.length;
  const failed = verdict.expectations.filter((expectation) => !expectation.passed).length;
  return verdict.passed
    ? { icon: 'pass', passed: true, count: '', sentence: `all ${total} expectations met` }
    : {
        icon: 'error',
        passed: false,
        count: `${failed} of ${total} failed`,
        sentence: `${failed} of ${total} expectations failed`,
      };
}

/** Keeps the item up to date. */
export class StatusBar implements Disposable {
  readonly #editor: Editor;
  readonly #item: StatusItem;
  readonly #owned = new DisposableStore();
  readonly #feed: TimelineFeed;
  #connection: Connection = { kind: 'stopped' };

  constructor(editor: Editor, feed: TimelineFeed) {
    this.#editor = editor;
    this.#feed = feed;
    this.#item = editor.window.createStatusBarItem('nexus.simulator', editor.StatusBarAlignment.Left, 0);
    this.#item.name = 'Nexus Simulator';
    this.#owned.add(this.#item);
    this.#owned.add(feed.onMessage((message) => this.#hear(message)));
    this.#show();
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #hear(message: ToPage): void {
    if (message.type === 'connection') this.#connection = message.connection;
    this.#show();
  }

  #show(): void {
    const { now, clock, finished } = this.#feed;
    const { text, tooltip, command, alarm } = statusText({
      connection: this.#connection,
      now,
      clock,
      finished,
    });
    // Each assignment is a message to the window: only what changed is said.
    if (this.#item.text !== text) {
      this.#item.text = text;
      this.#item.accessibilityInformation = { label: text.replace(/\$\([^)]*\) /, ''), role: 'button' };
    }
    if (this.#item.tooltip !== tooltip) this.#item.tooltip = tooltip;
    if (this.#item.command !== commands[command]) this.#item.command = commands[command];
    const colour = alarm ? new this.#editor.ThemeColor('statusBarItem.errorBackground') : undefined;
    if ((this.#item.backgroundColor === undefined) === alarm) this.#item.backgroundColor = colour;
  }
}
