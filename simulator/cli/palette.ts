/** How text is set apart on a terminal that can; the text says everything without it, too. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const as =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;
const asIs = (text: string): string => text;

export const colours: Palette = { good: as(32, 39), bad: as(31, 39), faint: as(2, 22), strong: as(1, 22) };
export const noColours: Palette = { good: asIs, bad: asIs, faint: asIs, strong: asIs };

/** Colours are for people who look: a terminal, unless the environment says otherwise (no-color.org). */
export function paletteFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Palette {
  const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
  if (isSet(env['NO_COLOR'])) return noColours;
  if (isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0') return colours;
  return stream.isTTY === true && env['TERM'] !== 'dumb' ? colours : noColours;
}
