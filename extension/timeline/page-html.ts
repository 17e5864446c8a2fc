/** Addresses of the page's parts, as the webview may load them. */
interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Where the webview's own files come from. */
  readonly cspSource: string;
  /** Fresh for each page, at least 128 random bits. */
  readonly nonce: string;
}

/** The policy of the page: one script, one style sheet, nothing from the network, nothing inline, no eval. */
export const contentSecurityPolicy = ({ cspSource, nonce }: PageParts): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

export const pageHtml = (parts: PageParts): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escape(contentSecurityPolicy(parts))}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escape(parts.style)}">
    <title>Nexus Timeline</title>
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${escape(parts.nonce)}" src="${escape(parts.script)}"></script>
  </body>
</html>
`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

const escape = (text: string): string => text.replace(/[&"<>]/g, (letter) => entities[letter] ?? letter);
