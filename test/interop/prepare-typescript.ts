import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Launch } from '../harness/program.ts';

const folder = fileURLToPath(new URL('typescript', import.meta.url));
const worker = fileURLToPath(new URL('../../out/interop/typescript-worker.mjs', import.meta.url));

/** The SDK's packages are the repository's own; the SDK bundles the workflows itself. */
export async function prepareTypescript(): Promise<{ readonly launch: Launch }> {
  await build({
    absWorkingDir: folder,
    entryPoints: ['worker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
  });
  return { launch: { command: process.execPath, argv: [worker], cwd: folder } };
}
