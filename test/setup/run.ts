// The test command: builds, runs every asked-for group, and ends with one line a script can read.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from './command.ts';
import { ensureEditor } from './editor.ts';
import type { Editor } from './editor.ts';
import { helpText, parseOptions } from './options.ts';
import type { Group } from './options.ts';
import { collect } from './runner.ts';
import { exitCode, summary } from './summary.ts';
import type { TestRecord } from './test-record.ts';
import { packVsix } from './vsix.ts';

const minutes = 60_000;

/** Runs the tests the command line asks for and answers the exit code: 0, 1, or 2 for a wrong option. */
export async function run(root: string, args: readonly string[]): Promise<0 | 1 | 2> {
  const options = parseOptions(args);
  switch (options.kind) {
    case 'help':
      console.log(helpText);
      return 0;
    case 'wrong':
      console.error(options.message);
      return 2;
    case 'run': {
      const records = await runGroups({ root, out: join(root, 'out/test-run') }, options.groups);
      console.log(`\n${summary(records)}`);
      return exitCode(records);
    }
  }
}

interface Place {
  readonly root: string;
  /** Where the bundled runners lie and leave their reports. */
  readonly out: string;
}

async function runGroups(place: Place, chosen: readonly Group[]): Promise<readonly TestRecord[]> {
  await mkdir(place.out, { recursive: true });
  const records: TestRecord[] = [];
  // Only these look at the built files; the others run from source.
  if (chosen.some((group) => ['tidy', 'end-to-end', 'editor', 'interop'].includes(group))) {
    records.push(...(await build(place)));
  }
  const projects = chosen.filter((group) => group !== 'editor');
  if (projects.length > 0) {
    const report = join(place.out, 'vitest.json');
    records.push(
      ...(await collect({
        name: 'vitest',
        script: join(place.out, 'vitest-main.mjs'),
        args: [report, ...projects],
        report,
        timeout: 30 * minutes,
      })),
    );
  }
  if (chosen.includes('editor')) {
    const built = !records.some(({ group }) => group === 'build');
    records.push(...(await runEditor(place, built)));
  }
  return records;
}

async function build({ root }: Place): Promise<readonly TestRecord[]> {
  say('building the bundles');
  const { code, output } = await runToEnd(process.execPath, ['esbuild.mjs', '--production'], {
    cwd: root,
    show: true,
    timeout: 5 * minutes,
  });
  if (code === 0) return [];
  return [{ group: 'build', name: 'node esbuild.mjs --production', state: 'failed', message: output }];
}

async function runEditor({ root, out }: Place, built: boolean): Promise<readonly TestRecord[]> {
  const editor: Editor = built
    ? await ensureEditor(say)
    : { kind: 'absent', reason: 'the bundles could not be built, see the failed build' };
  const vsix = join(root, 'out/nexus-workbench.vsix');
  if (editor.kind !== 'absent') {
    say('packing the extension');
    try {
      await packVsix(root, vsix);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ group: 'editor', name: 'the extension is packed', state: 'failed', message }];
    }
  }
  const report = join(out, 'editor.json');
  const job = join(out, 'editor-job.json');
  await writeFile(job, JSON.stringify({ root, editor, vsix, report }));
  return collect({
    name: 'editor',
    script: join(out, 'editor-main.mjs'),
    args: [job],
    report,
    timeout: 20 * minutes,
  });
}

function say(line: string): void {
  console.log(`test: ${line}`);
}
