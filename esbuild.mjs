// Builds the four bundles. Type-checking is `tsc -b`; this only bundles.
//   node esbuild.mjs [--production] [--watch]
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { context } from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const require = createRequire(import.meta.url);

const node = { platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };

const bundles = [
  { ...node, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] },
  { ...node, entryPoints: ['server/main.ts'], outfile: 'dist/server.cjs' },
  { ...node, entryPoints: ['simulator/main.ts'], outfile: 'dist/simulator.cjs' },
  {
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: ['extension/webview/main.tsx'],
    outfile: 'dist/webview.js',
  },
];

/** Files that are loaded at run time and therefore lie beside the bundles. */
const assets = [
  [require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm'), 'dist/tree-sitter.wasm'],
  [
    require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm'),
    'dist/tree-sitter-typescript.wasm',
  ],
  [require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm'), 'dist/tree-sitter-tsx.wasm'],
];

await mkdir('dist', { recursive: true });
await mkdir('out', { recursive: true });
await Promise.all(assets.map(([from, to]) => copyFile(from, to)));
await Promise.all(
  bundles.map(async (bundle) => {
    const build = await context({
      ...bundle,
      bundle: true,
      metafile: true,
      minify: production,
      sourcemap: !production,
      sourcesContent: false,
      logLevel: 'warning',
      define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
    });
    if (watch) return build.watch();
    const { metafile } = await build.rebuild();
    await writeFile(`out/${bundle.outfile.replace('dist/', '')}.meta.json`, JSON.stringify(metafile));
    return build.dispose();
  }),
);
