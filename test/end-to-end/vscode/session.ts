// One running editor with the extensions under test in it, on a fresh copy of the examples.
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditorJob } from './job.ts';
import { launchDesktop } from './launch-desktop.ts';
import { launchInBrowser } from './launch-browser.ts';
import type { LaunchedEditor, LaunchPlan } from './launched-editor.ts';
import { probeVariable } from './probe-contract.ts';
import { ProbeLink } from './probe-link.ts';
import { packProbe } from './probe-package.ts';
import { packSample } from './sample-extension.ts';
import { Workbench } from './workbench.ts';

export interface Session {
  readonly workbench: Workbench;
  /** A copy of the repository's `examples` folder, which tests may change. */
  readonly examples: string;
  /** A folder with a few lines of text, for the tests of this harness itself. */
  readonly playground: string;
  /** The script with the suites for the extension host. */
  readonly hostScript: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts an editor with the extension under test, the probe and the sample installed.
 * @throws Error saying what could not be packed, installed or started.
 */
export async function startSession(job: EditorJob): Promise<Session> {
  const scripts = join(job.root, 'out/test-run');
  const place = await mkdtemp(join(tmpdir(), 'nexus-editor-'));
  const examples = await copyExamples(job.root, place);
  const playground = await makePlayground(place);
  const probe = await ProbeLink.listen();
  const plan: LaunchPlan = {
    home: join(place, 'home'),
    extensions: [
      job.vsix,
      await packProbe(join(scripts, 'probe.cjs'), join(place, 'probe')),
      await packSample(join(place, 'sample')),
    ],
    env: { [probeVariable]: probe.address },
    folder: examples,
  };
  try {
    const editor = await launch(job, plan, probe);
    const workbench = new Workbench(editor, probe, join(job.root, 'out/screenshots'));
    const close = async (): Promise<void> => {
      await editor.close();
      await probe.close();
      await keepLogs(plan.home, join(job.root, 'out/editor-logs'));
      await rm(place, { recursive: true, force: true, maxRetries: 3 });
    };
    return { workbench, examples, playground, hostScript: join(scripts, 'host.cjs'), close };
  } catch (error) {
    await probe.close();
    await keepLogs(plan.home, join(job.root, 'out/editor-logs'));
    throw error;
  }
}

function launch({ editor }: EditorJob, plan: LaunchPlan, probe: ProbeLink): Promise<LaunchedEditor> {
  switch (editor.kind) {
    case 'desktop':
      return launchDesktop(editor, plan, probe);
    case 'browser':
      return launchInBrowser(editor, plan);
    case 'absent':
      throw new Error(editor.reason);
  }
}

async function copyExamples(root: string, place: string): Promise<string> {
  const examples = join(place, 'examples');
  await cp(join(root, 'examples'), examples, { recursive: true });
  // What lies beside the examples in the repository, for their imports and their settings.
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
  await cp(join(root, 'tsconfig.base.json'), join(place, 'tsconfig.base.json'));
  return examples;
}

async function makePlayground(place: string): Promise<string> {
  const playground = join(place, 'playground');
  await mkdir(playground);
  await writeFile(join(playground, 'fruit.sample'), 'apple\nbanana\nrotten pear\nsee apple\n');
  return playground;
}

async function keepLogs(home: string, logs: string): Promise<void> {
  await rm(logs, { recursive: true, force: true });
  for (const name of ['server.log', 'logs', 'coder-logs']) {
    await cp(join(home, name), join(logs, name), { recursive: true }).catch(() => undefined);
  }
}
