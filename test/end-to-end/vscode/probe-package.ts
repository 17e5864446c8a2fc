// Packs the probe into a .vsix: its bundled script and a manifest made here.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packVsix } from '../../setup/vsix.ts';

/** Makes `folder` an extension around the probe's bundled script and answers its .vsix. */
export async function packProbe(script: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(script, join(folder, 'extension.cjs'));
  const manifest = {
    name: 'nexus-test-probe',
    displayName: 'Test probe',
    description: 'Answers the questions of the editor tests.',
    version: '1.0.0',
    publisher: 'nexus-workbench-tests',
    engines: { vscode: '^1.100.0' },
    main: './extension.cjs',
    // The driver asks from the first moment on, before the extension under test has started.
    activationEvents: ['*'],
    capabilities: { untrustedWorkspaces: { supported: true } },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const vsix = `${folder}.vsix`;
  await packVsix(folder, vsix, ['--skip-license', '--allow-missing-repository', '--allow-star-activation']);
  return vsix;
}
