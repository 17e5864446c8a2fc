// Builds the four bundles. Type-checking is `tsc -b`; this only bundles.
//   node esbuild.mjs [--production] [--watch]
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { context } from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const require = createRequire(import.meta.url);

/** Messages that no one sends to the simulator: the SDK core's own, the cloud's and the test server's. */
const unusedMessages = [['coresdk'], ['temporal', 'api', 'cloud'], ['temporal', 'api', 'testservice']];

/**
 * Temporal's message descriptors as a string that is parsed as JSON: the engine reads that in half the time it
 * takes for the object literal that they come as, and start-up is mostly that.
 */
const trimDescriptors = {
  name: 'trim-descriptors',
  setup(build) {
    build.onLoad({ filter: /protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const descriptors = readDescriptors(await readFile(path, 'utf8'), path);
      for (const [first, ...rest] of unusedMessages) {
        const last = rest.pop();
        if (last === undefined) delete descriptors[first];
        else delete rest.reduce((at, name) => at.nested[name], descriptors[first]).nested[last];
      }
      const text = JSON.stringify(JSON.stringify(descriptors));
      return {
        contents: `module.exports = { toJSON: () => ({ nested: JSON.parse(${text}) }) };`,
        loader: 'js',
      };
    });
  },
};

/** Runs the module against a stand-in for protobufjs that keeps what it is given. */
function readDescriptors(source, path) {
  let kept;
  class Root {
    addJSON(json) {
      kept = json;
      return this;
    }
  }
  const module = { exports: {} };
  runInThisContext(`(function (require, module, exports) {${source}\n})`, { filename: path })(
    () => ({ roots: {}, Root }),
    module,
    module.exports,
  );
  return kept;
}

const node = { platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };

const bundles = [
  { ...node, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] },
  { ...node, entryPoints: ['server/main.ts'], outfile: 'dist/server.cjs' },
  {
    ...node,
    entryPoints: ['simulator/main.ts'],
    outfile: 'dist/simulator.cjs',
    plugins: [trimDescriptors],
    // The gRPC library asks for it only in services that are not served here: channel tracing and load reports.
    external: ['@grpc/proto-loader'],
  },
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
