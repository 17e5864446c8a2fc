import type { Ink } from './kinds.ts';

/** CSS colours of the present theme. */
export type Theme = Readonly<Record<Ink, string>>;

/** Variables of the editor's theme, the first that is set; then a system colour. */
const sources = {
  background: ['--vscode-editor-background', 'Canvas'],
  foreground: ['--vscode-editor-foreground', 'CanvasText'],
  muted: ['--vscode-descriptionForeground', 'GrayText'],
  grid: ['--vscode-editorIndentGuide-background1', '--vscode-editorRuler-foreground', 'GrayText'],
  focus: ['--vscode-focusBorder', 'Highlight'],
  now: ['--vscode-editorCursor-foreground', 'Highlight'],
  selection: ['--vscode-sideBarSectionHeader-background', '--vscode-editor-background', 'Canvas'],
  blue: ['--vscode-charts-blue', 'CanvasText'],
  green: ['--vscode-charts-green', 'CanvasText'],
  orange: ['--vscode-charts-orange', 'CanvasText'],
  purple: ['--vscode-charts-purple', 'CanvasText'],
  red: ['--vscode-charts-red', 'CanvasText'],
  yellow: ['--vscode-charts-yellow', 'CanvasText'],
  grey: ['--vscode-charts-lines', '--vscode-descriptionForeground', 'GrayText'],
} as const satisfies Record<Ink, readonly string[]>;

/** In forced colours the user's own few colours count, and textures tell the kinds apart. */
const forced: Theme = {
  background: 'Canvas',
  foreground: 'CanvasText',
  muted: 'CanvasText',
  grid: 'GrayText',
  focus: 'Highlight',
  now: 'Highlight',
  selection: 'Canvas',
  blue: 'CanvasText',
  green: 'CanvasText',
  orange: 'CanvasText',
  purple: 'CanvasText',
  red: 'LinkText',
  yellow: 'CanvasText',
  grey: 'GrayText',
};

export function readTheme(root: HTMLElement): Theme {
  if (matchMedia('(forced-colors: active)').matches) return forced;
  const style = getComputedStyle(root);
  const colour = (names: readonly string[]): string => {
    for (const name of names) {
      const value = name.startsWith('--') ? style.getPropertyValue(name).trim() : name;
      if (value !== '') return value;
    }
    return 'CanvasText';
  };
  return Object.fromEntries(Object.entries(sources).map(([ink, names]) => [ink, colour(names)])) as Record<
    Ink,
    string
  >;
}

/** Calls back when the editor's theme, the system's colours or the pixel ratio change. */
export function onThemeChange(root: HTMLElement, changed: () => void): void {
  const options = { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] };
  const observer = new MutationObserver(changed);
  observer.observe(root, options);
  observer.observe(document.body, options);
  matchMedia('(forced-colors: active)').addEventListener('change', changed);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}
