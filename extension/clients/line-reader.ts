/** Cuts a stream of text into lines. A line longer than `max` is handed out in pieces. */
export function readLines(
  max: number,
  take: (line: string) => void,
): { push(text: string): void; end(): void } {
  let rest = '';
  const flush = (): void => {
    if (rest !== '') take(rest);
    rest = '';
  };
  return {
    push: (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') take(line);
      if (rest.length > max) flush();
    },
    end: flush,
  };
}
