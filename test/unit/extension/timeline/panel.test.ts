import { expect, test } from 'vitest';
import type { FromPage, ToPage } from '../../../../extension/timeline/messages.ts';
import { TimelinePanels } from '../../../../extension/timeline/panel.ts';
import { Emitter } from '../../../../simulator/base/emitter.ts';
import { fakeDesk, fakePanel, fakeUri, type FakeDesk } from '../../../harness/fake-vscode.ts';

interface Setup {
  readonly desk: FakeDesk;
  readonly panels: TimelinePanels;
  readonly asked: FromPage[];
  readonly logged: string[];
  readonly news: Emitter<ToPage>;
}

const stopped: ToPage = { type: 'connection', connection: { kind: 'stopped' } };

function setup(): Setup {
  const desk = fakeDesk();
  const news = new Emitter<ToPage>();
  const asked: FromPage[] = [];
  const logged: string[] = [];
  const panels = new TimelinePanels({
    editor: desk.editor,
    root: fakeUri('/ext/dist'),
    feed: { onMessage: news.event, snapshot: () => [stopped] },
    perform: (message) => asked.push(message),
    log: (line) => logged.push(line),
  });
  return { desk, panels, asked, logged, news };
}

test('there is one timeline; showing it again shows the same', () => {
  const { desk, panels } = setup();
  panels.show({ preserveFocus: true });
  panels.show({ preserveFocus: false });
  expect(desk.panels).toHaveLength(1);
});

test('a closed timeline can be opened again', () => {
  const { desk, panels } = setup();
  panels.show({ preserveFocus: true });
  desk.panels[0]?.dispose();
  panels.show({ preserveFocus: true });
  expect(desk.panels).toHaveLength(2);
});

test('the page may load from the bundles’ folder only, under a fresh nonce', () => {
  const { desk, panels } = setup();
  panels.show({ preserveFocus: true });
  desk.panels[0]?.dispose();
  panels.show({ preserveFocus: true });
  const pages = desk.panels.map((panel) => panel.webview);
  expect(pages[0]?.options).toMatchObject({
    enableScripts: true,
    localResourceRoots: [{ path: '/ext/dist' }],
  });
  expect(pages[0]?.html).toContain('file:///webview/ext/dist/webview.js');
  const nonces = pages.map((page) => /nonce-([\w-]+)'/.exec(page.html)?.[1]);
  expect(nonces[0]).toMatch(/^[\w-]{32}$/);
  expect(nonces[0]).not.toBe(nonces[1]);
});

test('a page that is ready hears everything, then what is new', () => {
  const { desk, panels, news } = setup();
  panels.show({ preserveFocus: true });
  desk.panels[0]?.receive({ type: 'ready' });
  news.fire({ type: 'connection', connection: { kind: 'starting' } });
  panels.command('help');
  expect(desk.panels[0]?.posted).toEqual([
    stopped,
    { type: 'connection', connection: { kind: 'starting' } },
    { type: 'command', command: 'help' },
  ]);
});

test('what the page asks for is done, and what it must not ask for is not', () => {
  const { desk, panels, asked, logged } = setup();
  panels.show({ preserveFocus: true });
  desk.panels[0]?.receive({ type: 'run-world' });
  desk.panels[0]?.receive({ type: 'format-disk' });
  expect(asked).toEqual([{ type: 'run-world' }]);
  expect(logged).toEqual(['The timeline page sent a message of the unknown type "format-disk".']);
});

test('a timeline that the editor brings back after a reload works as before', async () => {
  const { desk, news, panels } = setup();
  const restored = fakePanel();
  await desk.restorer()?.deserializeWebviewPanel(restored, undefined);
  news.fire(stopped);
  panels.show({ preserveFocus: true });
  expect(restored.webview.html).toContain('webview.js');
  expect(restored.posted).toEqual([stopped]);
  expect(desk.panels).toEqual([]);
});
