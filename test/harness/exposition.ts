const SAMPLE = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;

/** Reads the text exposition format, strictly: name and labels, as written → value. Throws where it is broken. */
export function readExposition(text: string): ReadonlyMap<string, number> {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not ended');
  for (const line of text.split('\n').slice(0, -1)) {
    const [, comment, about = '', rest] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (comment === 'TYPE') {
      if (types.has(about)) throw new Error(`${about} has two types`);
      types.set(about, rest ?? '');
    }
    if (comment !== undefined) continue;
    const [, name = '', labels, value = ''] = SAMPLE.exec(line) ?? [];
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    if (!types.has(family) || !Number.isFinite(Number(value))) throw new Error(`no sample: ${line}`);
    const key = labels === undefined ? name : `${name}{${labels}}`;
    if (samples.has(key)) throw new Error(`${key} is there twice`);
    samples.set(key, Number(value));
  }
  return samples;
}

/** The samples of one metric, by their labels. */
export const samplesOf = (text: string, name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...readExposition(text)]
      .filter(([key]) => key === name || key.startsWith(`${name}{`))
      .map(([key, value]) => [key.slice(name.length), value]),
  );
