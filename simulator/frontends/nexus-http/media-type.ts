export interface MediaType {
  /** In lower case, without parameters. */
  readonly type: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const start = new RegExp(`^\\s*(${token}/${token})\\s*`);
const parameter = new RegExp(`^;\\s*(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")\\s*`);

/** Reads a `Content-Type` (RFC 9110 §8.3.1); `undefined` when it is none. */
export function mediaType(text: string): MediaType | undefined {
  const [whole, type = ''] = start.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const parameters: Record<string, string> = {};
  for (let rest = text.slice(whole.length); rest !== '';) {
    const [part, name = '', plain, quoted = ''] = parameter.exec(rest) ?? [];
    if (part === undefined) return undefined;
    parameters[name.toLowerCase()] = plain ?? quoted.replace(/\\(.)/g, '$1');
    rest = rest.slice(part.length);
  }
  return { type: type.toLowerCase(), parameters };
}

export const isJson = (contentType: string | undefined): boolean =>
  mediaType(contentType ?? '')?.type === 'application/json';
