import { expect, test } from 'vitest';
import { contentSecurityPolicy, pageHtml } from '../../../../extension/timeline/page-html.ts';

const parts = {
  script: 'https://file.vscode-cdn.net/dist/webview.js',
  style: 'https://file.vscode-cdn.net/dist/webview.css',
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'bm9uY2U',
};

test('nothing may load but the one script and the style sheet', () => {
  const policy = contentSecurityPolicy(parts).split('; ');
  expect(policy).toEqual([
    "default-src 'none'",
    "script-src 'nonce-bm9uY2U'",
    'style-src https://*.vscode-cdn.net',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(policy.join()).not.toMatch(/unsafe|\*(?!\.vscode)/);
});

test('the page has one script, with the nonce, and nothing inline', () => {
  const html = pageHtml(parts);
  expect(html.match(/<script[^>]*>/g)).toEqual([`<script nonce="bm9uY2U" src="${parts.script}">`]);
  expect(html).not.toMatch(/<style|style=|\son\w+=/);
  expect(html).toContain('<html lang="en">');
});

test('addresses cannot break out of their attributes', () => {
  const html = pageHtml({ ...parts, script: 'x"><script>alert(1)</script>' });
  expect(html).not.toContain('<script>alert');
});
