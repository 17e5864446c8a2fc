import { assertNever } from '../../simulator/base/assert.ts';
import type { Ink, Pattern } from './kinds.ts';
import type { Box, Surface, TextStyle } from './surface.ts';
import type { Theme } from './theme.ts';

/** Opacity of a bar's body: text on it keeps the contrast that the theme gives to text. */
const BODY_ALPHA = 0.32;
/** Strong enough to be told apart, weak enough to read text over it. */
const TEXTURE_ALPHA = 0.4;
const TEXTURE_SIZE = 8;

/** Draws on a canvas in CSS pixels, whatever the pixel ratio of the screen is. */
export class CanvasSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  readonly #theme: Theme;
  readonly #font: string;
  readonly #textures = new Map<string, CanvasPattern | undefined>();
  #letterWidth = 0;

  constructor(context: CanvasRenderingContext2D, theme: Theme, font: string) {
    this.#context = context;
    this.#theme = theme;
    this.#font = font;
  }

  fill(box: Box, ink: Ink): void {
    this.#context.fillStyle = this.#theme[ink];
    this.#context.fillRect(box.x, box.y, box.width, box.height);
  }

  bar(box: Box, look: { readonly ink: Ink; readonly pattern: Pattern }): void {
    const context = this.#context;
    const colour = this.#theme[look.ink];
    if (look.pattern !== 'outline') {
      context.globalAlpha = box.width <= 4 ? 1 : BODY_ALPHA;
      context.fillStyle = colour;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.globalAlpha = 1;
    }
    const texture = this.#texture(look.pattern, colour);
    if (texture !== undefined && box.width > 4) {
      context.globalAlpha = TEXTURE_ALPHA;
      context.fillStyle = texture;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.globalAlpha = 1;
    }
    this.outline(box, look.ink, 1);
  }

  outline(box: Box, ink: Ink, lineWidth: number): void {
    const context = this.#context;
    const inset = lineWidth / 2;
    context.strokeStyle = this.#theme[ink];
    context.lineWidth = lineWidth;
    const width = Math.max(0, box.width - lineWidth);
    context.strokeRect(box.x + inset, box.y + inset, width, Math.max(0, box.height - lineWidth));
  }

  line(from: readonly [number, number], to: readonly [number, number], ink: Ink): void {
    const context = this.#context;
    context.strokeStyle = this.#theme[ink];
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const context = this.#context;
    context.font = style.bold === true ? `bold ${this.#font}` : this.#font;
    context.textBaseline = 'middle';
    if (this.#letterWidth === 0) this.#letterWidth = context.measureText('n').width;
    const shown = this.#cut(text, style.maxWidth);
    if (shown === '') return;
    context.fillStyle = this.#theme[style.ink];
    context.fillText(shown, x, y);
  }

  clip(box: Box, draw: () => void): void {
    const context = this.#context;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    draw();
    context.restore();
  }

  /** Measuring is dear: it is done only when the text may not fit. */
  #cut(text: string, maxWidth: number): string {
    if (maxWidth < this.#letterWidth) return '';
    if (text.length * this.#letterWidth * 1.4 <= maxWidth) return text;
    const width = this.#context.measureText(text).width;
    if (width <= maxWidth) return text;
    // Two letters make room for the ellipsis and for letters wider than the average.
    const letters = Math.floor((text.length * maxWidth) / width) - 2;
    return letters < 1 ? text.slice(0, 1) : `${text.slice(0, letters)}…`;
  }

  #texture(pattern: Pattern, colour: string): CanvasPattern | undefined {
    if (pattern === 'plain' || pattern === 'outline') return undefined;
    const key = `${pattern} ${colour}`;
    if (!this.#textures.has(key)) this.#textures.set(key, makeTexture(this.#context, pattern, colour));
    return this.#textures.get(key);
  }
}

function makeTexture(
  target: CanvasRenderingContext2D,
  pattern: Exclude<Pattern, 'plain' | 'outline'>,
  colour: string,
): CanvasPattern | undefined {
  const tile = document.createElement('canvas');
  tile.width = TEXTURE_SIZE;
  tile.height = TEXTURE_SIZE;
  const context = tile.getContext('2d');
  if (context === null) return undefined;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.beginPath();
  drawTile(context, pattern);
  context.stroke();
  return target.createPattern(tile, 'repeat') ?? undefined;
}

function drawTile(context: CanvasRenderingContext2D, pattern: Exclude<Pattern, 'plain' | 'outline'>): void {
  const size = TEXTURE_SIZE;
  const stroke = (x1: number, y1: number, x2: number, y2: number): void => {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  };
  switch (pattern) {
    case 'diagonal':
      // The two short strokes join the corners of neighbouring tiles.
      stroke(0, size, size, 0);
      stroke(-1, 1, 1, -1);
      stroke(size - 1, size + 1, size + 1, size - 1);
      return;
    case 'cross':
      stroke(0, size, size, 0);
      stroke(0, 0, size, size);
      return;
    case 'dots':
      context.fillRect(1, 1, 2, 2);
      context.fillRect(5, 5, 2, 2);
      return;
    case 'stripes':
      stroke(0, 2.5, size, 2.5);
      stroke(0, 6.5, size, 6.5);
      return;
    case 'bars':
      stroke(2.5, 0, 2.5, size);
      return;
    default:
      assertNever(pattern);
  }
}
