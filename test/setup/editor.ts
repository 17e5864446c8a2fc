// Chooses the real VS Code for the editor tests: the desktop one where it can be had, else the one in a browser.
import { ensureBrowser } from './browser.ts';
import type { Say } from './cache.ts';
import { ensureCodeServer } from './code-server.ts';
import { ensureDesktopEditor } from './desktop-editor.ts';

export type Editor =
  | { readonly kind: 'desktop'; readonly executablePath: string }
  | { readonly kind: 'browser'; readonly node: string; readonly entry: string; readonly browser: string }
  | { readonly kind: 'absent'; readonly reason: string };

const choices = ['desktop', 'browser'] as const;
type Choice = (typeof choices)[number];

/**
 * A real VS Code to test in. The environment's NEXUS_TEST_EDITOR, 'desktop' or 'browser', allows one kind only.
 * Never rejects: an editor that can't be had here is absent, with one sentence that says what is missing.
 */
export async function ensureEditor(say: Say = console.log): Promise<Editor> {
  const wish = process.env['NEXUS_TEST_EDITOR'];
  if (wish !== undefined && !isChoice(wish)) {
    return {
      kind: 'absent',
      reason: `NEXUS_TEST_EDITOR is '${wish}', but must be one of ${choices.join(', ')}: correct or unset it.`,
    };
  }
  const reasons: string[] = [];
  for (const choice of wish === undefined ? choices : [wish]) {
    const editor = await (choice === 'desktop' ? desktop(say) : inBrowser(say));
    if (editor.kind !== 'absent') return editor;
    reasons.push(editor.reason);
  }
  return { kind: 'absent', reason: reasons.join(' ') };
}

function isChoice(text: string): text is Choice {
  return choices.some((choice) => choice === text);
}

async function desktop(say: Say): Promise<Editor> {
  const found = await ensureDesktopEditor(say);
  return found.kind === 'found' ? { kind: 'desktop', executablePath: found.executablePath } : found;
}

async function inBrowser(say: Say): Promise<Editor> {
  if (process.platform === 'win32') {
    return { kind: 'absent', reason: 'The VS Code for browsers can not be built on Windows.' };
  }
  const browser = await ensureBrowser(say);
  if (browser.kind === 'absent') return browser;
  try {
    return { kind: 'browser', ...(await ensureCodeServer(say)), browser: browser.executablePath };
  } catch (error) {
    return { kind: 'absent', reason: error instanceof Error ? error.message : String(error) };
  }
}
