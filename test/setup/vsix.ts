// Packs an extension's folder into a .vsix file.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runOrThrow } from './command.ts';

const packTimeout = 3 * 60_000;

/**
 * Packs the extension in `folder` into the file `vsix`.
 * @param extra further options of the packer.
 * @throws Error with the packer's last lines.
 */
export async function packVsix(folder: string, vsix: string, extra: readonly string[] = []): Promise<void> {
  const vsce = join(createRequire(import.meta.url).resolve('@vscode/vsce/package.json'), '..', 'vsce');
  // The manifest names no repository that the README's links could be rewritten to.
  const options = ['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository'];
  await runOrThrow(process.execPath, [vsce, 'package', ...options, '--out', vsix, ...extra], {
    cwd: folder,
    timeout: packTimeout,
  });
}
