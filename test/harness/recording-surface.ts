import type { Box, Surface } from '../../extension/webview/surface.ts';

export type DrawCall =
  | { readonly call: 'fill' | 'outline'; readonly box: Box; readonly ink: string }
  | { readonly call: 'bar'; readonly box: Box; readonly ink: string; readonly pattern: string }
  | {
      readonly call: 'line';
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly ink: string;
    }
  | { readonly call: 'text'; readonly text: string; readonly x: number; readonly y: number };

/** A surface that draws nothing and remembers everything. */
export function recordingSurface(): { readonly surface: Surface; readonly calls: readonly DrawCall[] } {
  const calls: DrawCall[] = [];
  const surface: Surface = {
    fill: (box, ink) => void calls.push({ call: 'fill', box, ink }),
    bar: (box, { ink, pattern }) => void calls.push({ call: 'bar', box, ink, pattern }),
    outline: (box, ink) => void calls.push({ call: 'outline', box, ink }),
    line: (from, to, ink) => void calls.push({ call: 'line', from, to, ink }),
    text: (text, x, y, { maxWidth }) => {
      if (maxWidth > 0) calls.push({ call: 'text', text, x, y });
    },
    clip: (_box, draw) => draw(),
  };
  return { surface, calls };
}
