// A process of its own: runs the chosen vitest projects and leaves their records in a file.
//   node vitest-main.mjs <records.json> <project> [<project> ...]
import { startVitest } from 'vitest/node';
import { RecordReporter } from './record-reporter.ts';

const [file, ...projects] = process.argv.slice(2);
if (file === undefined || projects.length === 0) {
  throw new Error('vitest-main needs a file for its records and at least one project after it.');
}

const vitest = await startVitest('test', [], {
  project: projects,
  reporters: ['default', new RecordReporter(file)],
  watch: false,
  // One focused test would silence all the others.
  allowOnly: false,
  // A group may be empty while another is not; that the whole run isn't is the caller's check.
  passWithNoTests: true,
});
await vitest.close();
