import type { Ink, Pattern } from './kinds.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextStyle {
  readonly ink: Ink;
  /** Text is cut to this width, in pixels, and not drawn when not even one letter fits. */
  readonly maxWidth: number;
  readonly bold?: boolean;
}

/** What the painter may ask for. The canvas is one; tests record the calls. Coordinates are CSS pixels. */
export interface Surface {
  fill(box: Box, ink: Ink): void;
  /** A bar's body: its colour and its texture. */
  bar(box: Box, look: { readonly ink: Ink; readonly pattern: Pattern }): void;
  outline(box: Box, ink: Ink, lineWidth: number): void;
  line(from: readonly [number, number], to: readonly [number, number], ink: Ink): void;
  /** `y` is the middle of the line. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Draws what `draw` asks for inside this box only. */
  clip(box: Box, draw: () => void): void;
}
