import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Say } from '../setup/cache.ts';
import { runOrThrow } from '../setup/command.ts';
import { buildTimeout, installPackages, missingTool, type Prepared } from './toolchain.ts';

const folder = fileURLToPath(new URL('python', import.meta.url));
const requirements = join(folder, 'requirements.txt');
const python = process.platform === 'win32' ? 'python' : 'python3';

export async function preparePython(say: Say): Promise<Prepared> {
  const missing = await missingTool([{ command: python, args: ['--version'], atLeast: '3.11' }]);
  if (missing !== undefined) return missing;
  const packages = await installPackages('python', [requirements], {
    say,
    install: (target) => {
      const options = ['--require-hashes', '--only-binary', ':all:', '--no-compile', '--target', target];
      const args = ['-m', 'pip', 'install', '--quiet', ...options, '--requirement', requirements];
      return runOrThrow(python, args, { timeout: buildTimeout });
    },
  });
  if ('lacks' in packages) return packages;
  // The repository's folder stays as it is.
  const env = { PYTHONPATH: packages.folder, PYTHONDONTWRITEBYTECODE: '1' };
  return { launch: { command: python, argv: ['worker.py'], cwd: folder, env } };
}
