// A process of its own: runs all editor suites against one editor and leaves their records in a file.
//   node editor-main.mjs <job.json>
import { writeFile } from 'node:fs/promises';
import type { TestRecord } from '../../setup/test-record.ts';
import { hostRun } from './host/main.ts';
import { readJob } from './job.ts';
import type { EditorJob } from './job.ts';
import { runMocha, skipMocha } from './mocha-run.ts';
import type { MochaRun } from './mocha-run.ts';
import { startSession } from './session.ts';
import type { Session } from './session.ts';
import { suites } from './suites.ts';

const job = await readJob(process.argv[2]);
const records = await runAll(job);
await writeFile(job.report, JSON.stringify(records));

async function runAll(job: EditorJob): Promise<readonly TestRecord[]> {
  if (job.editor.kind === 'absent') return skipAll(job.editor.reason);
  let session: Session;
  try {
    session = await startSession(job);
    // Whoever asks this process to end must not leave an editor running.
    process.once('SIGTERM', () => {
      void session.close().finally(() => process.exit(143));
    });
  } catch (error) {
    return [failed('the editor starts', error), ...skipAll('the editor did not start')];
  }
  try {
    return [...(await runInHost(session)), ...(await runMocha(workbenchRun(() => session)))];
  } finally {
    await session.close();
  }
}

/** The tests of the window, run here; the session is only asked for while a test runs. */
function workbenchRun(session: () => Session): MochaRun {
  return {
    group: 'editor',
    define: () => {
      for (const suite of suites) suite(session);
    },
    onFailure: async (title) => {
      await session().workbench.screenshot(`failed ${title}`);
    },
  };
}

/** The tests of the extension host, run there. */
async function runInHost({ workbench, hostScript }: Session): Promise<readonly TestRecord[]> {
  try {
    await workbench.ready();
    const records = await workbench.probe.request('runSuites', { script: hostScript });
    for (const { state, name } of records) console.log(`  ${state.padEnd(8)}${name}`);
    return records;
  } catch (error) {
    await workbench.screenshot('failed extension host').catch(() => undefined);
    return [failed('the suites of the extension host', error)];
  }
}

function skipAll(reason: string): readonly TestRecord[] {
  const unavailable = (): never => {
    throw new Error('A suite used the editor while its tests were only being counted.');
  };
  return [hostRun(unavailable), workbenchRun(unavailable)].flatMap((run) => skipMocha(run, reason));
}

function failed(name: string, error: unknown): TestRecord {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { group: 'editor', name, state: 'failed', message };
}
