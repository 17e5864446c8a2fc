// `npm test`: bundles the test runners, which are TypeScript, and starts them. See setup/run.ts.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'out/test-run');

process.chdir(root);
await mkdir(out, { recursive: true });
const node = { bundle: true, platform: 'node', target: 'node20', packages: 'external', sourcemap: 'inline' };
await Promise.all([
  build({
    ...node,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    entryPoints: {
      run: 'test/setup/run.ts',
      'vitest-main': 'test/setup/vitest-main.ts',
      'editor-main': 'test/end-to-end/vscode/main.ts',
    },
    outdir: out,
  }),
  // What an editor loads itself.
  build({
    ...node,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    entryPoints: {
      probe: 'test/end-to-end/vscode/probe/extension.ts',
      host: 'test/end-to-end/vscode/host/main.ts',
    },
    outdir: out,
  }),
]);
const { run } = await import(pathToFileURL(join(out, 'run.mjs')).href);
process.exitCode = await run(root, process.argv.slice(2));
