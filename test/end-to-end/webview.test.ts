// The timeline's page in a real browser, under its own security policy: messages in, roles and messages out.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FromPage, ToPage } from '../../extension/timeline/messages.ts';
import { pageHtml } from '../../extension/timeline/page-html.ts';
import { AXIS_HEIGHT, gutterWidth, NAMESPACE_HEIGHT, ROW_HEIGHT } from '../../extension/webview/stack.ts';
import { instant } from '../../simulator/base/time.ts';
import type { Span } from '../../simulator/protocol/span.ts';
import { span } from '../harness/spans.ts';
import { chromiumArguments, ensureBrowser } from '../setup/browser.ts';

const found = await ensureBrowser(() => undefined);
const bundle = (file: string): Buffer => readFileSync(new URL(`../../dist/${file}`, import.meta.url));
const width = 1_000;

const code = { kind: 'operation', service: 'GreetingService', operation: 'echo' } as const;
const story: readonly Span[] = [
  span('w', [0, 10_000], { kind: 'workflow', name: 'welcome' }),
  span('o', [0, 10_000], { kind: 'operation', name: 'GreetingService.echo', parent: 'w', code }),
  span('a1', [0, 1_000], {
    kind: 'attempt',
    name: 'attempt 1',
    parent: 'o',
    outcome: 'failed',
    failure: ['no route', 'refused'],
  }),
  span('b1', [1_000, 9_000], { kind: 'backoff', name: 'backoff', parent: 'o' }),
  span('a2', [9_000, 10_000], { kind: 'attempt', name: 'attempt 2', parent: 'o', outcome: 'succeeded' }),
];

describe.skipIf(found.kind === 'absent')('the timeline’s page', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const file = /^\/(webview\.(?:js|css))$/.exec(request.url ?? '')?.[1];
      const type = file?.endsWith('.css') === true ? 'text/css' : 'text/javascript';
      response.setHeader('content-type', file === undefined ? 'text/html' : type);
      response.end(file === undefined ? html() : bundle(file));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const executablePath = found.kind === 'found' ? found.executablePath : '';
    browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
  });

  afterAll(async () => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  });

  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage({ viewport: { width, height: 600 } });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    await page.addInitScript(`
      window.sent = [];
      let state;
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.sent.push(message),
        getState: () => state,
        setState: (next) => { state = next; },
      });`);
    await page.goto(address());
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const html = (): string =>
    pageHtml({ script: '/webview.js', style: '/webview.css', cspSource: address(), nonce: 'n0nce' });
  const say = async (...messages: readonly ToPage[]): Promise<void> => {
    for (const message of messages)
      await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  };
  const sent = (): Promise<readonly FromPage[]> => page.evaluate('window.sent');
  const spans = (list: readonly Span[]): ToPage => ({
    type: 'spans',
    run: 1,
    first: true,
    spans: list,
    now: instant(10_000),
  });
  const show = async (list: readonly Span[] = story): Promise<void> => {
    await say({ type: 'connection', connection: { kind: 'connected' } }, spans(list));
    await page.getByRole('row').first().waitFor({ state: 'attached' });
  };
  const row = (name: string): ReturnType<Page['getByRole']> => page.getByRole('row', { name, exact: true });
  const selected = (): Promise<string[]> => page.getByRole('row', { selected: true }).allInnerTexts();
  const details = (): ReturnType<Page['getByRole']> => page.getByRole('complementary', { name: 'Details' });

  test('says why it is empty, and offers what changes that', async () => {
    await page.getByText('The simulator is not running.').waitFor();
    await page.getByRole('region', { name: 'Nothing to show' }).getByText('Run World File').click();
    expect(await sent()).toEqual([{ type: 'ready' }, { type: 'run-world' }]);
  });

  test('has every bar as a row of a tree, said in words', async () => {
    await show();
    const rows = await page.getByRole('treegrid').getByRole('row').allInnerTexts();
    expect(rows).toEqual([
      'namespace ns',
      'track track',
      'workflow welcome, 10 s',
      'operation GreetingService.echo, 10 s',
      'attempt 1 of GreetingService.echo, failed, 1 s',
      'backoff of GreetingService.echo, 8 s',
      'attempt 2 of GreetingService.echo, succeeded, 1 s',
    ]);
    expect(await row('attempt 2 of GreetingService.echo, succeeded, 1 s').getAttribute('aria-level')).toBe(
      '5',
    );
  });

  test('is walked through and left for the code by keys', async () => {
    await show();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await details().getByRole('heading', { name: 'attempt 1 of GreetingService.echo' }).waitFor();
    expect(await selected()).toEqual(['attempt 1 of GreetingService.echo, failed, 1 s']);
    expect(await details().getByRole('listitem').allInnerTexts()).toEqual(['no route', 'refused']);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await details().waitFor({ state: 'detached' });
    expect((await sent()).at(-1)).toEqual({ type: 'jump', role: 'handler', code });
  });

  test('a click on a bar selects its row, and the details lead to caller and contract', async () => {
    await show();
    const canvas = await page.locator('canvas').boundingBox();
    const chart = width - gutterWidth(width);
    const x = (canvas?.x ?? 0) + gutterWidth(width) + chart * 0.5;
    const y = (canvas?.y ?? 0) + AXIS_HEIGHT + NAMESPACE_HEIGHT + 2.5 * ROW_HEIGHT;
    await page.mouse.click(x, y);
    await details().getByRole('button', { name: 'Go to caller' }).click();
    await details().getByRole('button', { name: 'Go to contract' }).click();
    expect(await selected()).toEqual(['backoff of GreetingService.echo, 8 s']);
    const roles = (await sent()).flatMap((message) => (message.type === 'jump' ? [message.role] : []));
    expect(roles).toEqual(['caller', 'contract']);
  });

  test('the help lists the keys, takes the focus and gives it back', async () => {
    await show();
    await row('workflow welcome, 10 s').focus();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys of the timeline' });
    await help.getByText('Zoom about the pointer').waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    // The page may draw once more before the row has it.
    await page.waitForFunction(`document.activeElement.textContent === 'workflow welcome, 10 s'`);
  });

  test('a verdict is announced', async () => {
    await show();
    const expectations = [{ text: 'done', line: 3, passed: false }];
    const verdict = { passed: false, expectations, endedAt: instant(10_000) };
    await say({ type: 'finished', run: 1, name: 'hello', verdict });
    await page.getByRole('status').getByText('Finished: 1 of 1 expectations failed').waitFor();
  });

  test('of a hundred thousand bars only a window of rows is in the document', async () => {
    await show(Array.from({ length: 100_000 }, (_, index) => span(`s${index}`, [index, index + 1])));
    await page.keyboard.press('End');
    await details().getByRole('heading', { name: 'handler s99999' }).waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(100);
  });
});
