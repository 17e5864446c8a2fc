import { assertNever } from '../../simulator/base/assert.ts';
import { formatDuration, ms } from '../../simulator/base/time.ts';
import type { Bar } from './layout.ts';
import { bodyOf, mergeWidth, paintRow, type RowScene } from './paint-rows.ts';
import {
  AXIS_HEIGHT,
  barTop,
  gutterWidth,
  LANE_GAP,
  NAMESPACE_HEIGHT,
  ROW_HEIGHT,
  visibleItems,
  type Stack,
  type StackItem,
} from './stack.ts';
import type { Box, Surface } from './surface.ts';
import { ticks, toX, type TimeScale } from './time-scale.ts';

/** One picture: everything the painter needs, and nothing it could change. */
export interface Picture {
  readonly stack: Stack;
  /** Of the area right of the gutter. */
  readonly scale: TimeScale;
  readonly width: number;
  readonly height: number;
  /** Pixels of the stack above the picture. */
  readonly scrollTop: number;
  readonly now: number;
  readonly live: boolean;
  readonly selected: Bar | undefined;
  /** Bars that the selected one was caused by, and its parent in another lane. */
  readonly related: readonly Bar[];
  readonly hovered: Bar | undefined;
}

export function paint(surface: Surface, picture: Picture): void {
  const { width, height } = picture;
  const gutter = gutterWidth(width);
  const chart = { x: gutter, y: 0, width: width - gutter, height };
  surface.fill({ x: 0, y: 0, width, height }, 'background');
  const items = visibleItems(picture.stack, picture.scrollTop, height - AXIS_HEIGHT);
  surface.clip(chart, () => {
    paintGrid(surface, picture);
    surface.clip({ ...chart, y: AXIS_HEIGHT, height: height - AXIS_HEIGHT }, () => {
      paintBars(surface, picture, items);
      paintGaps(surface, picture);
      paintRelations(surface, picture);
      paintFrames(surface, picture);
    });
    paintNow(surface, picture);
  });
  surface.clip({ x: 0, y: AXIS_HEIGHT, width, height: height - AXIS_HEIGHT }, () => {
    for (const item of items) paintLabel(surface, picture, item);
  });
  surface.line([0, AXIS_HEIGHT], [width, AXIS_HEIGHT], 'grid');
  surface.line([gutter, 0], [gutter, height], 'grid');
}

/** Room that the label of a tick or of a folded gap takes, in pixels. */
const LABEL_WIDTH = 90;

function paintGrid(surface: Surface, { scale, width, height }: Picture): void {
  const gutter = gutterWidth(width);
  const gaps = (scale.fold?.gaps ?? []).map(({ from, to }) => ({
    left: gutter + toX(scale, from),
    right: gutter + toX(scale, to),
    label: `⋯ ${formatDuration(ms(to - from))}`,
  }));
  for (const tick of ticks(scale, width - gutter)) {
    const x = Math.round(gutter + toX(scale, tick.at)) + 0.5;
    surface.line([x, AXIS_HEIGHT - 6], [x, height], 'grid');
    // What a gap hides says more than the instant before it.
    const next = gaps.find(({ left }) => left >= x - 1)?.left ?? Number.POSITIVE_INFINITY;
    const maxWidth = Math.min(LABEL_WIDTH, next - x - 8);
    if (maxWidth >= LABEL_WIDTH / 2) {
      surface.text(tick.label, x + 4, AXIS_HEIGHT / 2, { ink: 'muted', maxWidth });
    }
  }
  for (const { left, right, label } of gaps) {
    const maxWidth = Math.max(0, right - left - 4);
    surface.text(label, left + 2, AXIS_HEIGHT / 2, { ink: 'foreground', maxWidth });
  }
}

/** Height of one tooth of the tear that marks a folded gap. */
const TOOTH = 8;

/** A folded gap is torn out of the picture, with the time that it hides on the axis. */
function paintGaps(surface: Surface, { scale, width, height }: Picture): void {
  const gutter = gutterWidth(width);
  for (const { from, to } of scale.fold?.gaps ?? []) {
    const left = gutter + toX(scale, from);
    const right = gutter + toX(scale, to);
    if (right < gutter || left > width) continue;
    const middle = (left + right) / 2;
    const half = Math.min(TOOTH / 2, (right - left) / 2);
    surface.fill(
      { x: middle - half, y: AXIS_HEIGHT, width: 2 * half, height: height - AXIS_HEIGHT },
      'background',
    );
    for (const edge of [middle - half, middle + half]) paintTear(surface, edge, height);
  }
}

function paintTear(surface: Surface, x: number, height: number): void {
  for (let y = AXIS_HEIGHT, side = 1; y < height; y += TOOTH, side = -side) {
    surface.line([x - (side * TOOTH) / 4, y], [x + (side * TOOTH) / 4, y + TOOTH], 'muted');
  }
}

/** Rows are drawn on a surface whose origin is the gutter's edge. */
const shifted = (surface: Surface, { width }: Picture): Surface => {
  const gutter = gutterWidth(width);
  const move = (box: Box): Box => ({ ...box, x: box.x + gutter });
  return {
    fill: (box, ink) => surface.fill(move(box), ink),
    bar: (box, look) => surface.bar(move(box), look),
    outline: (box, ink, lineWidth) => surface.outline(move(box), ink, lineWidth),
    line: (from, to, ink) => surface.line([from[0] + gutter, from[1]], [to[0] + gutter, to[1]], ink),
    text: (text, x, y, style) => surface.text(text, x + gutter, y, style),
    clip: (box, draw) => surface.clip(move(box), draw),
  };
};

function paintBars(surface: Surface, picture: Picture, items: readonly StackItem[]): void {
  const chart = shifted(surface, picture);
  const bottom = picture.height;
  const rows = items.flatMap((item) =>
    item.kind === 'lane'
      ? item.lane.rows.map((row, index) => ({ row, y: yOf(picture, item) + index * ROW_HEIGHT }))
      : [],
  );
  const shown = rows.filter(({ y }) => y + ROW_HEIGHT > AXIS_HEIGHT && y < bottom);
  const width = picture.width - gutterWidth(picture.width);
  const scene: RowScene = {
    scale: picture.scale,
    width,
    now: picture.now,
    mergePx: mergeWidth(shown.length, width),
  };
  for (const { row, y } of shown) paintRow(chart, scene, row, y);
}

const yOf = (picture: Picture, item: { readonly y: number }): number =>
  AXIS_HEIGHT + item.y - picture.scrollTop;

/** The place of a bar in the picture, wherever it is scrolled to. */
function placeOf(picture: Picture, bar: Bar): ReturnType<typeof bodyOf> | undefined {
  const top = barTop(picture.stack, bar);
  if (top === undefined) return undefined;
  const scene = { scale: picture.scale, width: picture.width - gutterWidth(picture.width), now: picture.now };
  return bodyOf(scene, bar, AXIS_HEIGHT + top - picture.scrollTop);
}

/** Lines from what caused the selected bar: direct causes only, or a dense run would be all lines. */
function paintRelations(surface: Surface, picture: Picture): void {
  if (picture.selected === undefined) return;
  const to = placeOf(picture, picture.selected);
  if (to === undefined) return;
  const chart = shifted(surface, picture);
  for (const bar of picture.related) {
    const from = placeOf(picture, bar);
    if (from === undefined) continue;
    const x = Math.min(from.x + from.width, to.x);
    chart.line([x, from.y + from.height / 2], [to.x, to.y + to.height / 2], 'focus');
    chart.outline(from, 'focus', 1);
  }
}

function paintFrames(surface: Surface, picture: Picture): void {
  const chart = shifted(surface, picture);
  const { selected, hovered } = picture;
  if (hovered !== undefined && hovered !== selected) {
    const box = placeOf(picture, hovered);
    if (box !== undefined) chart.outline(box, 'foreground', 1);
  }
  if (selected === undefined) return;
  const box = placeOf(picture, selected);
  if (box !== undefined)
    chart.outline({ x: box.x - 2, y: box.y - 2, width: box.width + 4, height: box.height + 4 }, 'focus', 2);
}

function paintNow(surface: Surface, { scale, now, live, width, height }: Picture): void {
  if (!live) return;
  const x = Math.round(gutterWidth(width) + toX(scale, now)) + 0.5;
  surface.line([x, 0], [x, height], 'now');
}

function paintLabel(surface: Surface, picture: Picture, item: StackItem): void {
  const y = yOf(picture, item);
  switch (item.kind) {
    case 'namespace':
      surface.fill({ x: 0, y, width: picture.width, height: NAMESPACE_HEIGHT - 1 }, 'selection');
      surface.text(item.name, 8, y + NAMESPACE_HEIGHT / 2, {
        ink: 'foreground',
        maxWidth: picture.width - 16,
        bold: true,
      });
      return;
    case 'lane':
      surface.text(item.lane.track, 16, y + ROW_HEIGHT / 2, {
        ink: 'foreground',
        maxWidth: gutterWidth(picture.width) - 24,
      });
      surface.line(
        [0, y + item.height - LANE_GAP / 2],
        [picture.width, y + item.height - LANE_GAP / 2],
        'grid',
      );
      return;
    default:
      assertNever(item);
  }
}
