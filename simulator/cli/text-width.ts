const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\ufe0f\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
const PLAIN = /^[\u0020-\u007e]*$/;

/** Columns that a text without control characters takes on a terminal; rather too many than too few. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

const columnsOfCharacter = (character: string): number =>
  WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1;

/** The text in one line, without anything that a terminal would obey. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** A text that is too long loses its middle: both ends of a name tell more than one. */
export function elide(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  if (width < 1) return '';
  const characters = Array.from(text);
  const tail = take(characters.toReversed(), Math.floor((width - 1) / 2));
  return `${take(characters, Math.ceil((width - 1) / 2)).join('')}…${tail.reverse().join('')}`;
}

/** A text that is too long loses its end. */
export const cut = (text: string, width: number): string =>
  columnsOf(text) <= width ? text : width < 1 ? '' : `${take(Array.from(text), width - 1).join('')}…`;

/** Fills a text up with spaces. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - columnsOf(text)));

/** Breaks a text between words; what follows the first line begins with the indent. A word that is too long is elided. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() === '' || columnsOf(longer) <= width) {
      line = longer;
    } else {
      lines.push(elide(line.trimEnd(), width));
      line = `${indent}${word}`;
    }
  }
  return [...lines, elide(line.trimEnd(), width)];
}

/** As many of the characters as fit. */
function take(characters: readonly string[], width: number): string[] {
  let left = width;
  const taken: string[] = [];
  for (const character of characters) {
    left -= columnsOfCharacter(character);
    if (left < 0) break;
    taken.push(character);
  }
  return taken;
}
